import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CliEnd, type CliForm, type CliServer, runCli, startCli } from '../kit/cli.ts'

type More = { input?: string; env?: Record<string, string>; hangUp?: boolean }

/** The home of somebody who has never run ClawLink. */
export type TempHome = {
  path: string
  /** Runs `clawlink …` to its end. */
  run(args: readonly string[], more?: More): Promise<CliEnd>
  /** The same with `--json`: what it printed. Throws unless it ends with 0. */
  json(args: readonly string[], more?: More): Promise<Record<string, unknown>>
  /** Runs `clawlink start --json …` until it answers; from the bundle, which shows no pages, unless said. */
  start(args: readonly string[], more?: Pick<More, 'env'> & { from?: CliForm }): Promise<CliServer>
  [Symbol.dispose](): void
}

export function tempHome(): TempHome {
  const path = mkdtempSync(join(tmpdir(), 'clawlink-home-'))
  return {
    path,
    run: (args, more) => runCli(args, { home: path, ...more }),
    async json(args, more) {
      const { exitCode, stdout, stderr } = await runCli([...args, '--json'], { home: path, ...more })
      if (exitCode !== 0) throw new Error(`clawlink ${args.join(' ')} ended with ${exitCode}: ${stderr}`)
      return JSON.parse(stdout)
    },
    start: (args, more) => startCli(args, { home: path, ...more }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** An answer of the REST API. */
export async function rest(
  url: string,
  key: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: Object(await answer.json()) }
}
