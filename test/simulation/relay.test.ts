/** Agents that talk through crashes, restarts, deaths and leaps of the clock, and several relay processes at once. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomFor } from '../../src/sandbox/random.ts'
import { happened, wrongIn } from './relay/checks.ts'
import { live } from './relay/live.ts'
import { planOf } from './relay/plan.ts'
import { count, openWorld, type World } from './relay/world.ts'

const onPostgres = process.env.CLAWLINK_TEST_DIALECT === 'postgres'
const seed = Number(process.env.CLAWLINK_TEST_RELAY_SEED ?? randomInt(2 ** 31))
const only = process.env.CLAWLINK_TEST_RELAY_ONLY
// A run takes several times as long on PostgreSQL.
const runs = Number(process.env.CLAWLINK_TEST_RELAY_RUNS ?? (onPostgres ? 40 : 250))

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
  ['brought', 250],
  ['brought again', 50],
  ['brought as it is stored', 40],
  ['reader closed', 500],
  ['nothing left lying', 100],
  ['ack done', 500],
  ['ack conflict', 10],
  ['ack unheard', 10],
  ['release done', 50],
  ['release closed', 100],
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
