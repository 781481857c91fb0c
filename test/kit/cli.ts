import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** The one that `bin/clawlink.mjs` uses: a start takes a third less time with it. */
const compileCache = fileURLToPath(new URL('../../.cache/compiled', import.meta.url))

export type CliOptions = {
  /** HOME of the command: where its data and its key ring are unless it is told otherwise. */
  home: string
  /** Variables beside HOME and PATH. Nothing else of this environment is passed on. */
  env?: Record<string, string | undefined>
}

export type CliEnd = { exitCode: number | null; stdout: string; stderr: string }

/** Runs `clawlink …` in a process of its own to its end. `input` is all of its standard input: nothing unless said. */
export async function runCli(args: readonly string[], options: CliOptions & { input?: string }): Promise<CliEnd> {
  const { child, said, ended } = spawnCli(args, options)
  child.stdin?.end(options.input ?? '')
  const exitCode = await ended
  return { exitCode, ...said() }
}

export type CliServer = {
  pid: number
  url: string
  /** There with `--sandbox`. */
  sandbox?: { url: string; apiKey: string }
  /** Everything that it wrote so far. */
  said(): { stdout: string; stderr: string }
  /** Sends a signal, once; `ended` says what came of it. */
  signal(signal: NodeJS.Signals): void
  /** Its exit code; null when a signal ended it. */
  ended: Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/** Runs `clawlink start --json …` until it answers. Throws with what it said when it ends instead. */
export async function startCli(args: readonly string[], options: CliOptions): Promise<CliServer> {
  const { child, said, ended } = spawnCli(['start', '--json', ...args], options)
  child.stdin?.end()
  const ready = new Promise<void>(resolve => child.stdout?.on('data', () => isWhole(said().stdout) && resolve()))
  await Promise.race([ready, ended])
  if (!isWhole(said().stdout)) throw new Error(`clawlink start ended with ${await ended}: ${said().stderr}`)
  return {
    ...(JSON.parse(said().stdout) as Pick<CliServer, 'url' | 'sandbox'>), // as start prints it
    pid: child.pid ?? 0,
    said,
    signal: signal => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function spawnCli(args: readonly string[], { home, env }: CliOptions) {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', NODE_COMPILE_CACHE: compileCache, ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code]): number | null => code)
  return { child, said: () => ({ stdout, stderr }), ended }
}

/** Printed JSON ends with a brace at the start of a line. */
function isWhole(stdout: string): boolean {
  return stdout.endsWith('\n}\n')
}
