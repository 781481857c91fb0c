import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { DbPlace } from '../kit/open-db.ts'

/** What another process does with the database: see programs.ts. */
export type Program = 'open' | 'open-vault' | 'hold-transaction' | 'insert-for-ever' | 'mix'

export type OtherProcess = {
  /** Resolves with the next line that it prints; undefined at its end. */
  nextLine(): Promise<string | undefined>
  /** Lets it go on where it waits for a word from us. */
  go(): void
  kill(): Promise<void>
  /** Its exit code. */
  ended: Promise<number | null>
}

/** Runs a program on this database in a process of its own. */
export function runOther(program: Program, { settings }: DbPlace): OtherProcess {
  const child: ChildProcess = spawn(
    process.execPath,
    [`${import.meta.dirname}/programs.ts`, program, settings.dataDir],
    {
      env: { ...process.env, CLAWLINK_DATABASE_URL: settings.databaseUrl?.reveal() },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  if (!child.stdout || !child.stdin) throw new Error('both were piped')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const { stdin } = child
  const ended = once(child, 'close').then(([code]) => code)
  return {
    nextLine: async () => (await lines.next()).value,
    go: () => void stdin.write('go\n'),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    ended,
  }
}
