/** Whole processes that share a limit, in a time of their own: they crash, come back, and their clocks do not agree. */
import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { connectionRow } from '../../../test/kit/connection-row.ts'
import { buildCatalog } from '../../catalog/catalog.ts'
import { connector, none, tool } from '../../catalog/define.ts'
import { createLog } from '../../core/log.ts'
import type { ReadyCall } from '../call.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { outMs, type Share } from './share.ts'
import type { Found, ShareRows } from './share-rows.ts'

type World = {
  now(): number
  at(ms: number, run: () => void): () => void
  run(untilMs: number): Promise<void>
  random(): number
  between(from: number, to: number): number
}

function world(seed: number): World {
  let now = 1_750_000_000_000
  let state = seed * 2_654_435_761
  const events: { at: number; run: () => void }[] = []
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    now: () => now,
    at(ms, run) {
      const event = { at: now + Math.max(0, ms), run }
      let place = events.length
      while (place > 0 && (events[place - 1]?.at ?? 0) > event.at) place--
      events.splice(place, 0, event)
      return () => {
        const found = events.indexOf(event)
        if (found >= 0) events.splice(found, 1)
      }
    },
    async run(untilMs) {
      const until = now + untilMs
      for (;;) {
        const next = events[0]
        if (!next || next.at > until) break
        events.shift()
        now = Math.max(now, next.at)
        next.run()
        for (let i = 0; i < 12; i++) await undefined
      }
      now = until
    },
    random,
    between: (from, to) => from + random() * (to - from),
  }
}

/** Rows as a database keeps them: processes take turns, and a turn takes a while. */
function rowsOf(w: World): ShareRows {
  const shares = new Map<string, Map<string, Share>>()
  let last: Promise<void> = Promise.resolve()
  const sleep = (ms: number) => new Promise<void>(resolve => void w.at(ms, resolve))
  return {
    turn(id, limits, decide) {
      const turn = last.then(async () => {
        await sleep(w.between(0.2, 8))
        const own = shares.get(id) ?? new Map<string, Share>()
        shares.set(id, own)
        const found: Found = { ...limits, news: undefined, shares: [...own.values()] }
        const { mine, gone } = decide(found)
        own.set(mine.owner, structuredClone(mine))
        for (const owner of gone) own.delete(owner)
        const sum = [...own.values()]
          .filter(({ leaseUntil }) => leaseUntil + outMs(limits.windowMs) > w.now())
          .reduce((all, { share, leaseUntil }) => all + (leaseUntil > w.now() + 250 ? share : 0), 0)
        expect(sum).toBeLessThanOrEqual(limits.requests)
        await sleep(w.between(0.2, 8))
      })
      last = turn.catch(() => {})
      return turn
    },
    forget: async () => {},
  }
}

type Process = { pacer: Pacer; alive: boolean; now(): number }

function play(
  seed: number,
  {
    requests,
    windowS,
    processes,
    agentsOf,
    calm = false,
  }: {
    requests: number
    windowS: number
    processes: number
    agentsOf: (process: number) => number
    /** Requests are not held up, and answers not lost. */
    calm?: boolean
  },
) {
  const w = world(seed)
  const rows = rowsOf(w)
  const catalog = buildCatalog({
    paced: connector({
      name: 'Paced',
      about: 'Limited.',
      auth: [none()],
      account: { request: 'GET /' },
      api: { base: 'http://127.0.0.1:1', limits: [{ requests, windowS }] },
      tools: { read: tool({ about: 'Reads.', input: {}, request: 'GET /' }) },
    }),
  })
  const read = catalog.tools.get('paced_read')
  if (!read) throw new Error('no tool')
  const arrivals: { at: number; agent: string }[] = []
  const running: Process[] = []

  const connection = connectionRow({ provider: 'paced', auth: 'none' })
  const readyFor = (agentId: string): ReadyCall => ({
    call: {
      id: 'call_1',
      startedAt: w.now(),
      principal: {
        kind: 'agent',
        workspaceId: 'ws_1',
        agentId,
        keyId: 'key_1',
        environment: 'live',
        scope: {},
        callsPerMinute: null,
        callsPerDay: null,
      },
      request: { tool: read.name, arguments: {}, surface: 'rest' },
    },
    tool: read,
    args: {},
    coerced: [],
    connection,
  })

  const start = (at: number) => {
    const skew = w.between(-100, 100)
    const now = () => Math.round(w.now() + skew)
    const process: Process = {
      alive: true,
      now,
      pacer: createPacer({
        rows: { ...rows, turn: (...turn) => (process.alive ? rows.turn(...turn) : new Promise(() => {})) },
        clock: { now, after: (ms, fire) => w.at(ms, () => process.alive && fire()) },
        log: createLog('silent'),
        wakes: new EventEmitter(),
      }),
    }
    running[at] = process
    return process
  }

  const send = (process: Process, ready: ReadyCall, agent: string, next: () => void) => {
    const stalls = !calm && w.random() < 0.03
    const there = stalls ? w.between(20, Math.min(800, windowS * 500)) : w.between(0.5, 6)
    w.at(there, () => {
      arrivals.push({ at: w.now(), agent })
      w.at(w.between(0.5, 6), () => {
        if (!process.alive) return
        // Some answers are lost.
        if (calm || w.random() > 0.01) process.pacer.hear(ready, { headers: {}, body: {} }, process.now())
        next()
      })
    })
  }

  const agent = (process: Process, name: string, pauseMs: () => number) => {
    const loop = () => {
      if (!process.alive) return
      const ready = readyFor(name)
      const taken = process.pacer.take(ready, { maxMs: 10_000 })
      const go = () => send(process, ready, name, () => w.at(pauseMs(), loop))
      if (!taken) go()
      else
        void taken.then(held => {
          if (!process.alive) return
          if (!held) go()
          else if (held.kind === 'later') w.at(Math.max(1, Math.min(held.waitMs, 5_000)), loop)
        })
    }
    w.at(w.between(0, 200), loop)
  }

  const populate = (at: number, pauseMs: () => number) => {
    const process = start(at)
    for (let i = 0; i < agentsOf(at); i++) agent(process, `${at}-${i}`, pauseMs)
    return process
  }
  for (let at = 0; at < processes; at++) start(at)
  return { w, arrivals, running, populate }
}

/** The shortest time in which one more than `requests` arrived. */
function tightest(arrivals: readonly { at: number }[], requests: number): number {
  const times = arrivals.map(({ at }) => at).sort((a, b) => a - b)
  let shortest = Infinity
  for (let i = requests; i < times.length; i++)
    shortest = Math.min(shortest, (times[i] ?? 0) - (times[i - requests] ?? 0))
  return shortest
}

describe('a limit that processes share', () => {
  test.each(Array.from({ length: 24 }, (_, at) => at + 1))(
    'is never exceeded in any window, whatever befalls them (seed %i)',
    async seed => {
      const dice = world(seed * 7919)
      const requests = Math.round(dice.between(1, 80))
      const windowS = [1, 1, 2, 10][Math.floor(dice.random() * 4)] ?? 1
      const processes = 1 + Math.floor(dice.random() * 6)
      const { w, arrivals, running, populate } = play(seed, {
        requests,
        windowS,
        processes,
        agentsOf: () => 1 + Math.floor(dice.random() * 6),
      })
      const pause = () => (w.random() < 0.2 ? w.between(0, windowS * 2_000) : 0)
      for (let at = 0; at < processes; at++) populate(at, pause)
      for (let round = 0; round < 12; round++) {
        await w.run(w.between(200, windowS * 1_500))
        const at = Math.floor(w.random() * processes)
        const victim = running[at]
        if (victim && w.random() < 0.5) victim.alive = false
        else if (victim?.alive && w.random() < 0.5) {
          void victim.pacer.close()
          await w.run(30)
          victim.alive = false
        }
        if (victim && !victim.alive) populate(at, pause)
      }
      expect(arrivals.length).toBeGreaterThan(0)
      expect(tightest(arrivals, requests), `seed ${seed}: ${requests} per ${windowS} s`).toBeGreaterThanOrEqual(
        windowS * 1000,
      )
    },
  )

  test.each([
    ['one process', 1, () => 16],
    ['four alike', 4, () => 4],
    ['four of which one has most agents', 4, (at: number) => (at === 0 ? 13 : 1)],
    ['six, few agents each', 6, (at: number) => 2 + (at % 2)],
  ] as const)('is used up, and shared fairly between agents: %s', async (_, processes, agentsOf) => {
    const requests = 50
    const { w, arrivals, populate } = play(99, { requests, windowS: 1, processes, agentsOf, calm: true })
    let agents = 0
    for (let at = 0; at < processes; at++) {
      populate(at, () => 0)
      agents += agentsOf(at)
    }
    await w.run(5_000)
    const from = w.now()
    await w.run(20_000)
    const steady = arrivals.filter(({ at }) => at >= from)
    const rate = steady.length / 20 / requests
    const counts = Map.groupBy(steady, ({ agent }) => agent)
    const fair = steady.length / agents
    const least = Math.min(...[...counts.values()].map(({ length }) => length)) / fair
    expect(counts.size).toBe(agents)
    expect(rate).toBeGreaterThanOrEqual(0.95)
    expect(least).toBeGreaterThanOrEqual(0.5)
    expect(tightest(arrivals, requests)).toBeGreaterThanOrEqual(1_000)
  })
})
