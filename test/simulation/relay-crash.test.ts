/** The real server, killed again and again while agents talk to each other through it. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { createKey } from '../../src/accounts/create-key.ts'
import { Fault } from '../../src/core/errors.ts'
import { type Random, randomFor } from '../../src/sandbox/random.ts'
import { type Lane, openLane } from './lane.ts'
import { type Heard, nothingHeard, receiveRest, type Talker, talkUntilGone } from './relay/talkers.ts'

// What is sent and when the server is killed follows from the seed; how the machine orders it does not.
const seed = Number(process.env.CLAWLINK_TEST_RELAY_CRASH_SEED ?? randomInt(2 ** 31))
const kills = Number(process.env.CLAWLINK_TEST_RELAY_CRASH_KILLS ?? 25)
const lanes = 4

test(`after ${kills} kills every message that was acknowledged to its sender is received, in the order of its thread`, {
  timeout: 60_000 + kills * 10_000,
}, async () => {
  const lives = Array.from({ length: lanes }, (_, at) => Math.floor((kills + at) / lanes))
  const told = await Promise.all(
    lives.map(async (often, at) => {
      await using lane = await openLane()
      const replay = `Replay: CLAWLINK_TEST_RELAY_CRASH_SEED=${seed} CLAWLINK_TEST_RELAY_CRASH_KILLS=${kills}, lane ${at}`
      return await liveOn(lane, { kills: often, random: randomFor(seed, `lane ${at}`), replay })
    }),
  )
  expect(told.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(kills * 10)
})

/** Gives how many messages were acknowledged. */
async function liveOn(
  lane: Lane,
  { kills, random, replay }: { kills: number; random: Random; replay: string },
): Promise<number> {
  await lane.prepare()
  const senders = await talkers(lane, ['ann', 'bob', 'cid', 'dot', 'eve', 'fay'])
  const receivers = await talkers(lane, ['xan', 'yul', 'zoe'])
  const heard = nothingHeard()
  for (let kill = 0; kill < kills; kill++) {
    await using server = await lane.start()
    const killAfter = random.int(1, 150)
    const killDelayMs = random.int(0, 5)
    let sent = 0
    const onSent = () => {
      if (++sent === killAfter) setTimeout(() => server.signal('SIGKILL'), killDelayMs)
    }
    await talkUntilGone({ url: server.url, random, heard }, { senders, receivers, onSent })
    expect(await server.ended, server.said().stderr).toBe(null)
    // Before the next server has touched it, or after; both have to find all of it.
    if (random.int(0, 1) === 0) expect(await lostIn(lane, heard), replay).toEqual([])
  }
  await using server = await lane.start()
  await receiveRest({ url: server.url, random, heard }, receivers, 20_000)
  expect(await lostIn(lane, heard), replay).toEqual([])
  expect([...new Set(heard.sent.values()).difference(heard.got)], `never received; ${replay}`).toEqual([])
  expect(heard.wrong, replay).toEqual([])
  for (const { name } of senders) {
    const numbers = [...heard.got].filter(said => said.startsWith(`${name} `)).map(said => Number(said.split(' ')[2]))
    expect(numbers, `${name}; ${replay}`).toEqual(numbers.toSorted((a, b) => a - b))
  }
  return heard.sent.size
}

async function talkers(lane: Lane, names: readonly string[]): Promise<Talker[]> {
  const db = await lane.openDb()
  const { id } = await db.read.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
  const made: Talker[] = []
  for (const name of names) {
    const created = await createKey(db, Date.now(), { workspaceId: id, agent: name, environment: 'live' })
    if (created instanceof Fault) throw new Error(created.message)
    made.push({ name, key: created.key.reveal() })
  }
  await db.close()
  return made
}

/** What was told to be stored or done and is not, as another process sees the database. */
async function lostIn(lane: Lane, { sent, done }: Heard): Promise<string[]> {
  const db = await lane.openDb()
  const rows = await db.read.selectFrom('relay_messages').select(['id', 'state']).execute()
  await db.close()
  const states = new Map(rows.map(({ id, state }) => [id, state]))
  return [...sent].flatMap(([id, said]) => {
    const state = states.get(id)
    const isRight = state === 'done' || (state === 'waiting' && !done.has(said))
    return isRight ? [] : [`${said}: ${state ?? 'lost'}`]
  })
}
