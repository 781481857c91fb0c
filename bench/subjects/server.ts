import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** How to start a server: `command` gives the arguments for `node` once a free port is known. */
export type ServerSpec = {
  name: string
  /** Where its output goes, as `<name>.log`. */
  folder: string
  /** A path that answers 200 as soon as the server can serve. */
  healthPath: string
  command: (port: number) => string[]
  environment?: NodeJS.ProcessEnv
}

/** A running server. `startsMs` has one entry per start that was measured: from spawn to the first healthy answer. */
export type Server = {
  name: string
  pid: number
  port: number
  startsMs: number[]
  stop: () => Promise<void>
}

const startLimitMs = 30_000
const stopLimitMs = 15_000
const healthPollMs = 4
const healthLimitMs = 2000

/** The path of a program that lies beside this file. */
export function programPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** Starts the server `times` times, stopping it in between; the last one stays up and knows how long each start took. */
export async function startServer(spec: ServerSpec, times = 1): Promise<Server> {
  let server = await startOnce(spec)
  const startsMs = [...server.startsMs]
  for (let i = 1; i < times; i++) {
    await server.stop()
    server = await startOnce(spec)
    startsMs.push(...server.startsMs)
  }
  return { ...server, startsMs }
}

async function startOnce(spec: ServerSpec): Promise<Server> {
  const port = await freePort()
  const logPath = join(spec.folder, `${spec.name}.log`)
  const log = openSync(logPath, 'a') // a file, not a pipe: nobody has to read along while the clock runs
  const startedAt = performance.now()
  const child = spawn(process.execPath, spec.command(port), {
    stdio: ['pipe', log, log],
    env: spec.environment ?? process.env,
  })
  closeSync(log)
  const stop = () => stopChild(child)
  try {
    while (!(await isHealthy(port, spec.healthPath))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended')
      if (performance.now() - startedAt > startLimitMs) throw new Error(`no answer within ${startLimitMs} ms`)
      await sleep(healthPollMs)
    }
    if (!child.pid) throw new Error('it has no process id')
    return { name: spec.name, pid: child.pid, port, startsMs: [performance.now() - startedAt], stop }
  } catch (error) {
    await stop()
    const output = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
    throw new Error(`${spec.name} did not start: ${error instanceof Error ? error.message : error}\n${output}`)
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
  await ended
  clearTimeout(killer)
}

function isHealthy(port: number, path: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = get({ host: '127.0.0.1', port, path, agent: false, timeout: healthLimitMs }, response => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    probe.on('timeout', () => probe.destroy()).on('error', () => resolve(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address && typeof address === 'object' ? address.port : 0))
    })
  })
}
