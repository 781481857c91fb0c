import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { median } from './figures.ts'
import { describeMachine } from './machine.ts'
import { readMachineCpuMs, readProcessCost } from './process-cost.ts'
import { runRelayLoad } from './relay/generators.ts'
import type { BenchAgent } from './relay/line.ts'
import type { RelayFigures, RelayJob } from './relay/load-agents.ts'
import { startMemoryRelay, startRelayClawlink } from './relay/subjects.ts'
import type { Server } from './subjects/server.ts'

const resultsFolder = fileURLToPath(new URL('.results', import.meta.url))
const idleAgents = 10_000
const widths = [1, 10, 100, 1_000]
/** Messages on their way at once, all agents together, and of one agent at most. */
const outstanding = { all: 512, each: 32 }
const lowLoadPerSecond = 100
const lowLoadAgents = 10

type Way = 'memory' | 'ws' | 'poll'
type Measured = RelayFigures & {
  cpuUsPerMessage: number | undefined /** Cores that all programs kept busy meanwhile. */
  machineCores: number
}
type Row = { way: Way; agents: number; figures: Measured }

const titles: Record<Way, string> = {
  memory: 'in memory, WebSocket',
  ws: 'ClawLink, WebSocket',
  poll: 'ClawLink, long poll',
}

export type RelayOptions = { quick: boolean; json: boolean; entry: string | undefined; nodeFlags?: readonly string[] }

/**
 * Measures the relay beside a bare one in memory under the same load, in one run: messages per second and latencies, 1 to
 * 1,000 agents, and the memory that idle ones take. Prints a table; the result is in `bench/.results/relay.json` too.
 */
export async function benchRelay({ quick, json, entry, nodeFlags = [] }: RelayOptions): Promise<void> {
  mkdirSync(resultsFolder, { recursive: true })
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(resultsFolder, 'relay-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const machine = describeMachine(folder)
  const started = await startRelayClawlink(folder, { agents: quick ? 1_000 : idleAgents, entry, nodeFlags })
  stack.defer(started.server.stop)
  const memory = await startMemoryRelay(folder, started.agents)
  stack.defer(memory.stop)
  const { agents } = started
  const servers: Record<Way, Server> = { memory, ws: started.server, poll: started.server }

  const idle = await measureIdle(started.server, agents)
  const ways: Way[] = ['memory', 'ws', 'poll']
  const measure = (way: Way, width: number, load: RelayJob['load'], ms: number) =>
    measureLoad(servers[way], {
      over: way === 'poll' ? 'poll' : 'ws',
      port: servers[way].port,
      agents: agents.slice(0, width),
      load,
      warmMs: ms / 2,
      measureMs: ms,
    })
  const ms = quick ? 1_000 : 2_000
  for (const way of ways) await measure(way, 10, { outstanding: 32 }, ms)
  const rows: Row[] = []
  for (const width of widths)
    for (const way of ways) {
      const each = Math.min(outstanding.each, Math.max(1, Math.floor(outstanding.all / width)))
      const seen: Measured[] = []
      for (let round = 0; round < (quick ? 1 : 3); round++)
        seen.push(await measure(way, width, { outstanding: each }, ms))
      rows.push({ way, agents: width, figures: medianOf(seen) })
    }
  const low: Row[] = []
  for (const way of ways)
    low.push({
      way,
      agents: lowLoadAgents,
      figures: await measure(way, lowLoadAgents, { perSecond: lowLoadPerSecond }, ms),
    })
  const found = { at: new Date().toISOString(), quick, machine, idle, rows, low }
  writeFileSync(join(resultsFolder, 'relay.json'), `${JSON.stringify(found, undefined, 2)}\n`)
  console.log(json ? JSON.stringify(found, undefined, 2) : summaryOf(found))
}

async function measureLoad(server: Server, job: RelayJob): Promise<Measured> {
  let cpuFrom: number | undefined
  let machineFrom = 0
  let at = 0
  let overall = { cpuMs: 0, ms: 1, machineMs: 0 }
  const figures = await runRelayLoad(job, {
    begun() {
      cpuFrom = readProcessCost(server.pid)?.cpuMs
      machineFrom = readMachineCpuMs()
      at = performance.now()
    },
    ended() {
      overall = {
        cpuMs: (readProcessCost(server.pid)?.cpuMs ?? 0) - (cpuFrom ?? 0),
        ms: performance.now() - at,
        machineMs: readMachineCpuMs() - machineFrom,
      }
    },
  })
  // It worked through the warm-up too, at about the same rate.
  const overallMessages = figures.perSecond * ((job.warmMs + job.measureMs) / 1000)
  const perMessage = cpuFrom === undefined ? undefined : (overall.cpuMs * 1000) / overallMessages
  return { ...figures, cpuUsPerMessage: perMessage, machineCores: overall.machineMs / overall.ms }
}

async function measureIdle(server: Server, agents: readonly BenchAgent[]) {
  const rss = () => (readProcessCost(server.pid)?.residentBytes ?? 0) / 1e6
  const beforeMb = rss()
  let connectedMb = 0
  let cpuMs = 0
  const job: RelayJob = { over: 'ws', port: server.port, agents, load: 'none', warmMs: 0, measureMs: 3_000 }
  await runRelayLoad(job, {
    begun() {
      cpuMs = readProcessCost(server.pid)?.cpuMs ?? 0
    },
    ended() {
      connectedMb = rss()
      cpuMs = (readProcessCost(server.pid)?.cpuMs ?? 0) - cpuMs
    },
  })
  return { agents: agents.length, beforeMb, connectedMb, cpuMsPerSecond: cpuMs / 3 }
}

function medianOf(seen: readonly Measured[]): Measured {
  const middle = median(seen.map(({ perSecond }) => perSecond))
  const [first] = seen.toSorted((a, b) => Math.abs(a.perSecond - middle) - Math.abs(b.perSecond - middle))
  if (!first) throw new Error('nothing was measured')
  return first
}

type Found = {
  machine: ReturnType<typeof describeMachine>
  idle: Awaited<ReturnType<typeof measureIdle>>
  rows: Row[]
  low: Row[]
}

function summaryOf({ machine, idle, rows, low }: Found): string {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; one disk sync takes ${machine.diskSyncMs.toFixed(2)} ms`,
    '',
    'agents  relay                  messages/s  ratio  stored p50  received p50  p99 ms  CPU µs  generator',
  ]
  const show = ({ way, agents, figures: f }: Row, base: number | undefined) =>
    [
      String(agents).padStart(6),
      titles[way].padEnd(21),
      f.perSecond.toFixed(0).padStart(11),
      (base ? (f.perSecond / base).toFixed(2) : '').padStart(5),
      f.storedP50Ms.toFixed(2).padStart(10),
      f.receivedP50Ms.toFixed(2).padStart(12),
      f.receivedP99Ms.toFixed(1).padStart(7),
      (f.cpuUsPerMessage?.toFixed(0) ?? '').padStart(6),
      `${(f.busy * 100).toFixed(0)} %`.padStart(9),
    ].join('  ')
  for (const row of rows)
    lines.push(show(row, rows.find(({ way, agents }) => way === 'memory' && agents === row.agents)?.figures.perSecond))
  lines.push('', `at ${lowLoadPerSecond} messages/s:`, ...low.map(row => show(row, undefined)), '')
  lines.push(
    `${idle.agents} idle agents on WebSocket: ${idle.connectedMb.toFixed(0)} MB resident (${idle.beforeMb.toFixed(0)} before), ${idle.cpuMsPerSecond.toFixed(0)} ms of CPU per second`,
  )
  return lines.join('\n')
}
