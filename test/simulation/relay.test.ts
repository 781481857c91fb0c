/** Agents that talk through crashes, restarts, deaths and leaps of the clock, and several relay processes at once. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomFor } from '../../src/sandbox/random.ts'
import { happened, problemsOf } from './relay/checks.ts'
import { type Lived, live } from './relay/live.ts'
import { type Act, type Plan, planOf, type Take, type Wish } from './relay/plan.ts'
import { count, openWorld, type World } from './relay/world.ts'

const onPostgres = process.env.CLAWLINK_TEST_DIALECT === 'postgres'
const seed = Number(process.env.CLAWLINK_TEST_RELAY_SEED ?? randomInt(2 ** 31))
const only = process.env.CLAWLINK_TEST_RELAY_ONLY
// A run takes several times as long on PostgreSQL.
const runs = Number(process.env.CLAWLINK_TEST_RELAY_RUNS ?? (onPostgres ? 40 : 300))

test(`in ${runs} runs nothing that was acknowledged is lost, had by two at once, out of order or there twice`, {
  timeout: 60_000 + runs * 1_000,
}, async () => {
  const world = await openWorld()
  await using _ = world.claw
  const numbers = only === undefined ? Array.from({ length: runs }, (_, run) => run) : [Number(only)]
  for (const run of numbers) expect(await problemsIn(world, run), replayOf(run)).toEqual([])
  if (only !== undefined || runs < 50) return
  // It went wrong where it matters, and as often as it takes to be worth something. Of few runs less can be asked.
  const rare = expected.filter(([what, least]) => (world.counts.get(what) ?? 0) < Math.floor((least * runs) / 400))
  expect(rare.map(([what]) => [what, world.counts.get(what)])).toEqual([])
})

/** What has to have happened, and how often in 400 runs. */
const expected: [what: string, least: number][] = [
  ['death before a commit', 50],
  ['death after a commit', 50],
  ['message acknowledged', 500],
  ['message cut off', 30],
  ['message idempotency_conflict', 10],
  ['broadcast acknowledged', 50],
  ['broadcast cut off', 5],
  ['task acknowledged', 50],
  ['handed out', 1_000],
  ['handed out again', 100],
  ['waited for', 10],
  ['ack done', 500],
  ['ack conflict', 10],
  ['ack unheard', 10],
  ['release done', 50],
  ['extend done', 20],
  ['complete done', 50],
  ['in the end done', 1_000],
  ['in the end dead', 1],
  ['in the end expired', 10],
]

const replayOf = (run: number) =>
  [
    `Replay: CLAWLINK_TEST_RELAY_SEED=${seed} CLAWLINK_TEST_RELAY_ONLY=${run}`,
    `npm test -- --project ${onPostgres ? 'postgres' : 'sqlite'} test/simulation/relay.test.ts`,
  ].join(' ')

async function problemsIn(world: World, run: number): Promise<string[]> {
  const random = randomFor(seed, `run ${run}`)
  const lived = await live(world, planOf(random, { mark: `r${run}`, agents: world.agents.length })).catch(textOf)
  if (typeof lived === 'string') return [lived]
  for (const what of happened(lived)) count(world, what)
  return wrongIn(world, lived)
}

const textOf = (cause: unknown) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))

// Each process measures the time of PostgreSQL for itself.
const wrongIn = ({ agents, hearing }: World, lived: Lived) =>
  problemsOf(lived, { agents, hearing, marginMs: onPostgres ? 1_000 : 0 })

test('what is wrong with a run is noticed: a lost message, a second holder, a thread out of order, a copy too many', async () => {
  const world = await openWorld()
  await using _ = world.claw
  const wish: Wish = { mark: 'r0w0x', kind: 'message', from: 0, to: 1, priority: 'normal', key: 'one', length: 1 }
  const next: Wish = { ...wish, mark: 'r0w1x', key: 'two' }
  const fate = { how: 'ack', turns: 0, by: 0 } as const
  const take: Take = {
    kind: 'take',
    agent: 1,
    device: 'desk',
    limit: 10,
    leaseMs: 60_000,
    by: 0,
    waitMs: 0,
    leaves: false,
    fate,
    work: [],
  }
  const planned = (wishes: Wish[], ...turns: Act[][]): Plan => ({
    wishes,
    processes: [{ deaths: [], skewMs: 0 }],
    turns: turns.map(acts => ({ acts, thenMs: 0 })),
  })
  const said = (each: Wish): Act => ({ kind: 'say', wish: each, by: 0, changed: false })
  const threaded = [
    { ...wish, thread: 't' },
    { ...next, thread: 't' },
  ] as const
  const plan = planned([...threaded], [said(threaded[0])], [said(threaded[1])], [take], [take])
  const lived = await live(world, plan)
  expect(wrongIn(world, lived)).toEqual([])

  const [first] = lived.holdings
  if (!first) throw new Error('nothing happened')
  const tampered: Record<string, Partial<Lived>> = {
    'lost:': { messages: [] },
    'not received:': { messages: lived.messages.map(row => ({ ...row, state: 'waiting' })) },
    'done without a word': { changes: [] },
    'two holders:': { holdings: [first, { ...first, end: first.end + 1 }, ...lived.holdings.slice(1)] },
    'out of order:': { changes: lived.changes.filter(({ holding }) => holding !== first) },
    'at the wrong agent:': { holdings: lived.holdings.map(each => ({ ...each, agent: 2 })) },
    'twice:': {
      holdings: [...lived.holdings, { ...first, message: { ...first.message, id: 'msg_other' } }],
    },
  }
  for (const [word, changes] of Object.entries(tampered))
    expect(wrongIn(world, { ...lived, ...changes }).join('\n'), word).toContain(word)

  // A process that says what is not stored yet, and one whose clock is ahead.
  world.spoil = app => ({ ...app, db: { ...app.db, insert: async () => 0 } })
  expect(wrongIn(world, await live(world, planned([wish], [said(wish)]))).join('\n')).toContain('lost:')
  let started = 0
  world.spoil = app => (started++ % 2 ? { ...app, relay: { ...app.relay, now: () => app.relay.now() + 600_000 } } : app)
  const dies = { ...take, fate: { ...fate, how: 'die' } } as const
  const two = planned([wish], [said(wish)], [dies], [{ ...take, by: 1 }])
  const ahead = await live(world, { ...two, processes: [...two.processes, ...two.processes] })
  expect(wrongIn(world, ahead).join('\n')).toContain('two holders:')
})
