import { createHistogram, performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchAgent, type Line, openLongPoll, openWebSocket, type Said } from './line.ts'

export type RelayJob = {
  over: 'ws' | 'poll'
  port: number
  agents: readonly BenchAgent[]
  /** Messages that each agent has on their way at any time; or else so many messages per second in all. */
  load: { outstanding: number } | { perSecond: number } | 'none'
  warmMs: number
  measureMs: number
}

/** What was seen after the warm-up. Latencies run from the sending. */
export type RelayFigures = {
  messages: number
  perSecond: number
  storedP50Ms: number
  receivedP50Ms: number
  receivedP99Ms: number
  /** Share of the time that the generator's own event loop was busy, 0 to 1. */
  busy: number
}

const text = 'x'.repeat(200)
const openAtOnce = 100
const silenceLimitMs = 15_000
const nowUs = () => Number(process.hrtime.bigint() / 1000n)

/** Each agent sends to the next one, and what is received is acknowledged. `ready` once all are connected. */
export async function loadAgents(job: RelayJob, ready: () => Promise<void> | void): Promise<RelayFigures> {
  const { port, agents, load } = job
  const stored = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 }) // microseconds
  const received = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 })
  const { promise: broken, reject: onWrong } = Promise.withResolvers<never>()
  const lines: Line[] = []
  let messages = 0
  let isStopping = false

  async function say(sender: number): Promise<void> {
    const atUs = nowUs()
    const to = agents[(sender + 1) % agents.length]
    await lines[sender]?.send(to?.name ?? '', { atUs, sender, text })
    stored.record(Math.max(1, nowUs() - atUs))
  }

  function onSaid({ atUs, sender }: Said): void {
    messages++
    received.record(Math.max(1, nowUs() - atUs))
    if (!isStopping && typeof load === 'object' && 'outstanding' in load) say(sender).catch(onWrong)
  }

  async function run(): Promise<RelayFigures> {
    const open = job.over === 'ws' ? openWebSocket : openLongPoll
    for (let from = 0; from < agents.length; from += openAtOnce)
      lines.push(
        ...(await Promise.all(
          agents.slice(from, from + openAtOnce).map(agent => open({ port, agent, onSaid, onWrong })),
        )),
      )
    await ready()
    const pacing = start()
    await sleep(job.warmMs)
    stored.reset()
    received.reset()
    messages = 0
    const [at, loop] = [performance.now(), performance.eventLoopUtilization()]
    await sleep(job.measureMs)
    const seconds = (performance.now() - at) / 1000
    const figures = {
      messages,
      perSecond: messages / seconds,
      storedP50Ms: stored.percentile(50) / 1000,
      receivedP50Ms: received.percentile(50) / 1000,
      receivedP99Ms: received.percentile(99) / 1000,
      busy: performance.eventLoopUtilization(loop).utilization,
    }
    isStopping = true
    clearInterval(pacing)
    // What is on its way arrives, so that nothing is left for the next measurement.
    for (let seen = -1; seen !== messages; ) {
      seen = messages
      await sleep(200)
    }
    return figures
  }

  function start(): NodeJS.Timeout | undefined {
    if (load === 'none') return undefined
    if ('outstanding' in load) {
      for (const sender of agents.keys()) for (let i = 0; i < load.outstanding; i++) say(sender).catch(onWrong)
      return undefined
    }
    let turn = 0
    return setInterval(() => say(turn++ % agents.length).catch(onWrong), 1000 / load.perSecond)
  }

  let seen = -1
  const watch = setInterval(() => {
    if (load !== 'none' && messages === seen) onWrong(new Error(`no message for ${silenceLimitMs} ms`))
    seen = messages
  }, silenceLimitMs)
  try {
    return await Promise.race([run(), broken])
  } finally {
    clearInterval(watch)
    for (const line of lines) line.close()
  }
}
