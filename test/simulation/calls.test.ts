/** Calls of all kinds through crashes, faults at every phase and leaps of the clock, by several processes at once. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import type { App } from '../../src/app.ts'
import { faultPhases, waysOf } from '../../src/sandbox/faults/random-faults.ts'
import { randomFor } from '../../src/sandbox/random.ts'
import { paceProblems, problemsOf } from './calls/checks.ts'
import { type Lived, live } from './calls/live.ts'
import { type Plan, planOf, type Wish } from './calls/plan.ts'
import { forget, secretProblems } from './calls/secrets.ts'
import { count, openWorld, type World } from './calls/world.ts'

const onPostgres = process.env.CLAWLINK_TEST_DIALECT === 'postgres'
const seed = Number(process.env.CLAWLINK_TEST_CALL_SEED ?? randomInt(2 ** 31))
const only = process.env.CLAWLINK_TEST_CALL_ONLY
// A run takes several times as long on PostgreSQL.
const runs = Number(process.env.CLAWLINK_TEST_CALL_RUNS ?? (onPostgres ? 200 : 1_800))
const scanEvery = 100
const planted = `planted${seed.toString(36)}`

test(`in ${runs} runs every call ends once and as it was told, and no limit is exceeded and no secret written`, {
  timeout: 60_000 + runs * 500,
}, async () => {
  const world = await openWorld()
  await using _ = world.claw
  const numbers = only === undefined ? Array.from({ length: runs }, (_, run) => run) : [Number(only)]
  for (const run of numbers) {
    expect(await problemsIn(world, run), replayOf(run)).toEqual([])
    if (run % scanEvery !== scanEvery - 1 && run !== numbers.at(-1)) continue
    expect(await secretProblems(world, planted), replayOf(run)).toEqual([])
    await forget(world)
  }
  if (only !== undefined || runs < 100) return
  // It went wrong where it matters, and as often as it takes to be worth something. Of few runs less can be asked.
  const rare = expected.filter(([what, least]) => {
    const often = world.counts.get(what) ?? 0
    return runs < 1_000 ? often === 0 && least >= 50 : often < (least * runs) / 1_000
  })
  expect(rare.map(([what]) => [what, world.counts.get(what)])).toEqual([])
})

/** What has to have happened, and how often in a thousand runs. */
const expected: [what: string, least: number][] = [
  ['death before a commit', 50],
  ['death after a commit', 50],
  ['death before a request', 30],
  ['death after a request', 30],
  ...faultPhases.map((phase): [string, number] => [`fault ${phase}`, 10]),
  ['ended succeeded', 300],
  ['ended failed', 100],
  ['ended unknown', 100],
  ['tried again', 100],
  ['replayed', 300],
  ['told parked queued', 100],
  ['told parked approval_required', 50],
  ['told failed canceled', 10],
  ['told failed circuit_open', 1],
  ['waited for the limit', 300],
  ['held: later', 100],
  ['cut off and forgotten', 3],
]

const replayOf = (run: number) =>
  [
    `Replay: CLAWLINK_TEST_CALL_SEED=${seed} CLAWLINK_TEST_CALL_ONLY=${run}`,
    `npm test -- --project ${onPostgres ? 'postgres' : 'sqlite'} test/simulation/calls.test.ts`,
  ].join(' ')

async function problemsIn(world: World, run: number): Promise<string[]> {
  const random = randomFor(seed, `run ${run}`)
  const plan = planOf(random, { mark: `${planted}r${run}`, isRich: run % 10 === 0, agents: world.agents.length })
  const lived = await live(world, plan, random).catch(textOf)
  if (typeof lived === 'string') return [lived]
  note(world, lived)
  return wrongIn(lived)
}

const textOf = (cause: unknown) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))

const wrongIn = (lived: Lived) => [...problemsOf(lived), ...paceProblems(lived.requests.map(({ atMs }) => atMs))]

const phasesOf = Map.groupBy(waysOf({}), ({ kind }) => kind)

function note(world: World, { told, usage, requests }: Lived): void {
  for (const { ended } of told) {
    count(world, `told ${ended.outcome.kind} ${'fault' in ended.outcome ? ended.outcome.fault.code : ''}`)
    if (ended.replayed) count(world, 'replayed')
  }
  for (const { outcome, attempts } of usage) {
    count(world, `ended ${outcome}`)
    if (attempts > 1) count(world, 'tried again')
  }
  for (const { fault, applied } of requests) {
    const phases = new Set((fault ? (phasesOf.get(fault.kind) ?? []) : []).map(({ phase }) => phase))
    const [phase] = [...phases].filter(each => phases.size === 1 || (each === 'applied') === applied)
    if (phase) count(world, `fault ${phase}`)
  }
}

test('what is wrong with a run is noticed: a second effect, a false word, a lost call, another answer, too many at once, a secret', async () => {
  const world = await openWorld()
  await using _ = world.claw
  const wish: Wish = {
    mark: `${planted}once`,
    kind: 'once',
    tool: 'sandbox_create_issue',
    arguments: { project: 'website', title: `${planted}once` },
    agent: 0,
    key: 'once',
    approved: true,
  }
  const read: Wish = { ...wish, kind: 'read', mark: 'read', key: 'read', tool: 'sandbox_list_folders', arguments: {} }
  const peace = { processes: [{ death: undefined, works: true, stops: true }], jumps: 0, thefts: [] }
  const lone: Plan = { wishes: [wish], rounds: [{ ...peace, asks: [{ wish, by: 0, afterMs: 0 }] }] }
  const lived = await live(world, lone, randomFor(seed, 'lone'))
  expect(wrongIn(lived)).toEqual([])

  const [first] = lived.told
  const [call] = lived.calls
  const [request] = lived.requests
  if (!first || !call || !request) throw new Error('nothing happened')
  const other = {
    ...first.ended,
    replayed: true,
    outcome: { kind: 'succeeded', output: 'another', providerStatus: 200 },
  }
  const tampered: Record<string, Partial<Lived>> = {
    'twice:': { requests: [request, request] },
    'did not happen:': { requests: [] },
    'jobs are left': { jobsLeft: 1 },
    'not ended:': { calls: [{ ...call, row: { ...call.row, state: 'sending' } }] },
    '0 usage rows': { usage: [] },
    'is recorded as': { usage: lived.usage.map(row => ({ ...row, outcome: 'failed', code: 'timeout' })) },
    'two answers of': { told: [...lived.told, { wish, ended: { ...other } as typeof first.ended }] },
    'two first answers of': { told: [first, first] },
  }
  for (const [word, changes] of Object.entries(tampered))
    expect(problemsOf({ ...lived, ...changes }).join('\n'), word).toContain(word)

  // A process that sends again what may have happened, and one that minds no limit.
  world.spoil = sendsAgain
  const lossy = { kinds: ['close_after_read'], phases: ['applied'], rate: 1, seed } as const
  const lost: Plan = { wishes: lone.wishes, rounds: lone.rounds.map(round => ({ ...round, faults: { ...lossy } })) }
  const again = {
    ...wish,
    mark: `${planted}again`,
    key: 'again',
    arguments: { project: 'website', title: `${planted}again` },
  }
  const sentAgain = await live(world, withWish(lost, again), randomFor(seed, 'again'))
  expect(wrongIn(sentAgain).join('\n')).toContain('twice:')
  world.spoil = app => ({ ...app, pacer: { ...app.pacer, take: () => undefined } })
  const crowd = Array.from({ length: 8 }, (_, at): Wish => ({ ...read, mark: `read${at}`, key: `read${at}` }))
  const asks = crowd.map(wish => ({ wish, by: 0, afterMs: 0 }))
  const crowded = await live(world, { wishes: crowd, rounds: [{ ...peace, asks }] }, randomFor(seed, 'crowd'))
  expect(wrongIn(crowded).join('\n')).toContain('requests within')

  expect(await secretProblems(world, planted)).toEqual([])
  world.log.info({ said: `it was about ${planted}` }, 'a word too many')
  expect(await secretProblems(world, planted)).toEqual(['a secret in the log of the processes'])
})

const withWish = ({ rounds }: Plan, wish: Wish): Plan => ({
  wishes: [wish],
  rounds: rounds.map(round => ({ ...round, asks: round.asks.map(ask => ({ ...ask, wish })) })),
})

function sendsAgain(app: App): App {
  const { net } = app
  return {
    ...app,
    net: {
      ...net,
      async send(request) {
        const result = await net.send(request)
        return result.kind === 'lost' && result.reached === 'maybe_sent' ? net.send(request) : result
      },
    },
  }
}
