import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { type Random, randomFor } from '../../src/sandbox/random.ts'
import { runCli, startCli } from '../kit/cli.ts'
import { callUntilGone, type Told } from './callers.ts'
import { type Lane, openLane } from './lane.ts'

// Which calls are made and when the server is killed follows from the seed; how the machine orders them does not.
const seed = Number(process.env.CLAWLINK_TEST_CRASH_SEED ?? randomInt(2 ** 31))
const kills = Number(process.env.CLAWLINK_TEST_CRASH_KILLS ?? 26)
const lanes = 4
const callers = 16
const timeoutMs = 60_000 + kills * 10_000

const faults: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'close_after_read' },
  { kind: 'close_before_read' },
  { kind: 'reset' },
  { kind: 'invalid_json' },
]

/** Runs `life` on lanes side by side, and says with which seed one can see it again when it fails. */
async function onLanes(life: (lane: Lane, random: Random, name: string) => Promise<void>): Promise<void> {
  const running = Array.from({ length: lanes }, async (_, i) => {
    await using lane = await openLane()
    await life(lane, randomFor(seed, `lane ${i}`), `lane ${i}`)
  })
  const failed = (await Promise.allSettled(running)).filter(end => end.status === 'rejected')
  if (failed.length) {
    const replay = `Replay: CLAWLINK_TEST_CRASH_SEED=${seed} CLAWLINK_TEST_CRASH_KILLS=${kills}`
    throw new AggregateError(
      failed.map(end => end.reason),
      `${replay}. ${failed[0]?.reason}`,
    )
  }
}

test(`after each of ${kills} kills, every call that was answered is recorded once and as it was answered`, {
  timeout: timeoutMs,
}, async () => {
  let told = 0
  await onLanes(async (lane, random, name) => {
    const key = await lane.prepare()
    let before: Told[] = []
    for (let kill = 0; kill < kills / lanes; kill++) {
      // The database is looked at before the next server has touched it, or after; both have to find all of it.
      const early = random.int(0, 1) === 0
      if (early) await lane.check(before)
      const lived = await liveAndDie(lane, key, random, `${name} kill ${kill}`)
      if (!early) await lane.check(before)
      told += lived.length
      before = lived
    }
    await lane.check(before)
    await using server = await lane.start()
    const answer = await fetch(`${server.url}/api/v1/usage`, { headers: { authorization: `Bearer ${key}` } })
    expect(answer.status).toBe(200)
  })
  expect(told).toBeGreaterThan(kills * 10)
})

/** One life of the server: it starts, is called from all sides, and is killed. Gives what the callers were told. */
async function liveAndDie(lane: Lane, key: string, random: Random, name: string): Promise<Told[]> {
  await using server = await lane.start()
  const told: Told[] = []
  const killAfter = random.int(1, 150)
  const killDelayMs = random.int(0, 5)
  const onTold = (each: Told) => {
    told.push(each)
    if (random.int(1, 20) === 1) lane.sandbox.script(random.pick(faults))
    if (told.length === killAfter) setTimeout(() => server.signal('SIGKILL'), killDelayMs)
  }
  await callUntilGone({ url: server.url, key }, { random, count: callers, name, onTold })
  expect(await server.ended, server.said().stderr).toBe(null)
  const titles = lane.sandbox.takeRequests().flatMap(({ body }) => (body ? [String(JSON.parse(body).title)] : []))
  expect(titles.length, 'a write is sent once').toBe(new Set(titles).size)
  return told
}

test('a server that is killed while it starts for the first time starts the next time', {
  timeout: timeoutMs,
}, async () => {
  await onLanes(async (lane, random) => {
    for (let kill = 0; kill < 3; kill++) {
      const { args, ...options } = lane.command
      // Within what a start takes where nothing else is to be done.
      const starting = runCli(['start', ...args], { ...options, killAfterMs: random.int(50, 350) })
      expect((await starting).exitCode).toBe(null)
    }
    const key = await lane.prepare()
    await using server = await startCli(lane.command.args, lane.command)
    const told: Told[] = []
    const onTold = (each: Told) => {
      told.push(each)
      if (told.length === 20) server.signal('SIGKILL')
    }
    await callUntilGone({ url: server.url, key }, { random, count: 2, name: 'first', onTold })
    await lane.check(told)
  })
})
