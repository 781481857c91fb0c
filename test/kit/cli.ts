import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type BundledCli, bundledCli } from './bundled-cli.ts'

const ownCli = {
  main: fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)),
  /** The one that `bin/clawlink.mjs` uses: a start takes a third less time with it. */
  compileCache: fileURLToPath(new URL('../../.cache/compiled', import.meta.url)),
}

export type CliOptions = {
  /** HOME of the command: where its data and its key ring are unless it is told otherwise. */
  home: string
  /** Variables beside HOME and PATH. Nothing else of this environment is passed on. */
  env?: Record<string, string | undefined>
}

type SpawnOptions = CliOptions & { input?: string; hangUp?: boolean; cli?: BundledCli }

export type CliEnd = { exitCode: number | null; stdout: string; stderr: string }

export type CliProcess = {
  pid: number
  /** Everything that it wrote so far. */
  said(): { stdout: string; stderr: string }
  /** Resolves once its standard output matches. Throws with what it said when it ends without. */
  until(pattern: RegExp): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Its exit code; null when a signal ended it. */
  ended: Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts `clawlink …` from its source in a process of its own, unless `cli` is another. `input` is all of its standard input: nothing unless said. */
export function spawnCli(
  args: readonly string[],
  { home, env, input = '', hangUp = false, cli = ownCli }: SpawnOptions,
): CliProcess {
  const child: ChildProcess = spawn(process.execPath, [cli.main, ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', NODE_COMPILE_CACHE: cli.compileCache, ...env },
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  }
  child.stdin?.end(input)
  if (hangUp) child.stdout?.destroy()
  const ended = once(child, 'close').then(([code]): number | null => code)
  return {
    pid: child.pid ?? 0,
    said: () => ({ ...texts }),
    async until(pattern) {
      const matches = new Promise<void>(resolve => {
        const look = () => pattern.test(texts.stdout) && resolve()
        child.stdout?.on('data', look)
        look()
      })
      await Promise.race([matches, ended])
      if (!pattern.test(texts.stdout))
        throw new Error(`clawlink ${args.join(' ')} ended with ${await ended}: ${texts.stdout}${texts.stderr}`)
    },
    signal: signal => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** From the source, as people run it; or from the bundle, in half the time, which has no web app to show. */
export type CliForm = 'source' | 'bundle'

/**
 * Runs `clawlink …` to its end; from the bundle, unless said. With `killAfterMs` it is killed then, wherever it is; with
 * `hangUp` nobody reads what it prints, as after `| true`.
 */
export async function runCli(
  args: readonly string[],
  {
    killAfterMs,
    from = 'bundle',
    ...options
  }: CliOptions & { input?: string; killAfterMs?: number; hangUp?: boolean; from?: CliForm },
): Promise<CliEnd> {
  const running = spawnCli(args, { ...options, ...(from === 'bundle' && { cli: await bundledCli() }) })
  if (killAfterMs !== undefined) setTimeout(() => running.signal('SIGKILL'), killAfterMs)
  return { exitCode: await running.ended, ...running.said() }
}

/** A server that answers at `url`. */
export type CliServer = CliProcess & {
  url: string
  /** There with `--sandbox`. */
  sandbox?: { url: string; apiKey: string }
}

/**
 * Runs `clawlink start --json …` until it answers; from the bundle, unless said. Throws with what it said when it ends
 * instead.
 */
export async function startCli(
  args: readonly string[],
  { from = 'bundle', ...options }: CliOptions & { from?: CliForm },
): Promise<CliServer> {
  const running = spawnCli(['start', '--json', ...args], {
    ...options,
    ...(from === 'bundle' && { cli: await bundledCli() }),
  })
  await running.until(/^}\n/m)
  const { url, sandbox } = JSON.parse(running.said().stdout) as Pick<CliServer, 'url' | 'sandbox'> // as start prints it
  return { ...running, url, ...(sandbox && { sandbox }) }
}
