import { type App, openApp } from '../app.ts'
import { endKeyLeases } from '../calls/idempotency/key-rows.ts'
import type { Clock } from '../core/clock.ts'
import type { Config } from '../core/config.ts'
import { Fault } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { type InstanceLock, takeInstanceLock } from '../db/instance-lock.ts'
import type { RateLimit } from '../sandbox/rate-limit.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/start.ts'
import { startRoles } from './start-roles.ts'

export type Serving = { app: App; url: string | undefined; sandbox: Sandbox | undefined; stop(): Promise<void> }

/** `sandboxLimit`: the rate limit of the sandbox, which has none unless told. */
type Parts = { clock?: Clock; log?: Log; sandboxLimit?: RateLimit }

/**
 * A whole ClawLink: takes the data folder, starts the sandbox when it is wanted, opens everything, starts the roles.
 * `stop` gives it all back in reverse order. A fault leaves nothing running.
 */
export async function serve(wanted: Config, parts: Parts = {}): Promise<Serving | Fault> {
  const undo: (() => unknown)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const started = await start(wanted, parts, undo)
    if (started instanceof Fault) await stop()
    return started instanceof Fault ? started : { ...started, stop }
  } catch (cause) {
    await stop()
    const fault = listenFault(cause, wanted)
    if (fault) return fault
    throw cause
  }
}

async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { startSandbox: begin } = await import('../sandbox/start.ts') // not in memory where nobody wants it
  return begin(options)
}

async function start(wanted: Config, { sandboxLimit, ...parts }: Parts, undo: (() => unknown)[]) {
  const lock = wanted.databaseUrl ? undefined : takeLock(wanted.dataDir)
  if (lock instanceof Fault) return lock
  undo.push(() => lock?.release())

  const options = { port: wanted.sandboxPort, now: Date.now, ...(sandboxLimit && { rateLimit: sandboxLimit }) }
  const sandbox = wanted.sandbox ? await startSandbox(options) : undefined
  undo.push(() => sandbox?.stop())

  const config = sandbox ? withSandbox(wanted, sandbox.url) : wanted
  const opened = await openApp(config, parts)
  if (opened instanceof Fault) return opened
  undo.push(opened.close)

  // Alone on this folder: what a killed forerunner held need not be waited for.
  if (lock) await endKeyLeases(opened.app.db)
  const running = await startRoles(opened.app)
  undo.push(running.stop)
  lock?.describe({ pid: process.pid, ...(running.url !== undefined && { url: running.url }) })
  return { app: opened.app, url: running.url, sandbox }
}

function withSandbox(config: Config, url: string): Config {
  return { ...config, baseUrls: { ...config.baseUrls, sandbox: url } }
}

function takeLock(dataDir: string): InstanceLock | Fault {
  let lock: ReturnType<typeof takeInstanceLock>
  try {
    lock = takeInstanceLock(dataDir)
  } catch (cause) {
    return new Fault('internal', `The data folder cannot be used: ${cause instanceof Error ? cause.message : cause}.`, {
      fix: 'Choose another folder with --data, or allow the user that runs ClawLink to write to this one.',
    })
  }
  if (!('heldBy' in lock)) return lock
  const { pid, url } = lock.heldBy
  const who = [pid && `process ${pid}`, url && `at ${url}`].filter(Boolean).join(' ')
  return new Fault('conflict', `ClawLink is running on this data folder already${who ? ` (${who})` : ''}.`, {
    fix: 'Use that one, stop it first, or give --data another folder. For several processes at once, use PostgreSQL (CLAWLINK_DATABASE_URL).',
  })
}

function listenFault(cause: unknown, { host, port, sandbox, sandboxPort }: Config): Fault | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined
  const taken = 'port' in cause ? cause.port : port
  const flag = sandbox && taken === sandboxPort && sandboxPort !== port ? '--sandbox-port' : '--port'
  if (cause.code === 'EADDRINUSE')
    return new Fault('conflict', `Port ${taken} is in use by another program.`, {
      fix: `Stop that program, or choose another port: ${flag} <port>.`,
    })
  if (cause.code === 'EACCES')
    return new Fault('forbidden', `Port ${taken} needs rights that this user does not have.`, {
      fix: `Choose a port above 1023: ${flag} <port>.`,
    })
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND' || cause.code === 'EAI_AGAIN')
    return new Fault('validation_error', `This machine has no address ${host}.`, {
      fix: 'Correct --host. 127.0.0.1 is always there.',
    })
  return undefined
}
