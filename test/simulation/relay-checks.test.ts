/** That the simulation of the relay notices what is wrong, with receivers who ask and with readers who are brought what comes. */
import { expect, test } from 'vitest'
import type { App } from '../../src/app.ts'
import { wrongIn } from './relay/checks.ts'
import type { Lived } from './relay/life.ts'
import { live } from './relay/live.ts'
import type { Act, Plan, Read, Take, Wish } from './relay/plan.ts'
import { openWorld, type World } from './relay/world.ts'

const wish: Wish = { mark: 'r0w0x', kind: 'message', from: 0, to: 1, priority: 'normal', key: 'one', length: 1 }
const first: Wish = { ...wish, thread: 't' }
const second: Wish = { ...first, mark: 'r0w1x', key: 'two' }
const fate = { how: 'ack', turns: 0, by: 0 } as const
const dies = { ...fate, how: 'die' } as const
const [leaseMs, work] = [60_000, []]
const take: Take = {
  ...{ kind: 'take', agent: 1, device: 'desk', limit: 10, leaseMs, by: 0, waitMs: 0, leaves: false, fate, work },
}
const stays = { turns: 20, steps: 0 }
const read: Read = {
  ...{ kind: 'read', agent: 1, device: 'own', isAlone: true, by: 0, window: 5, leaseMs, pauses: [], askedEvery: 100 },
  ...{ closes: stays, closesTwice: false, fate, work },
}
const say = (each: Wish): Act => ({ kind: 'say', wish: each, by: 0, changed: false })
const planned = (wishes: Wish[], ...turns: Act[][]): Plan => ({
  wishes,
  processes: [{ deaths: [], skewMs: 0 }],
  turns: turns.map(acts => ({ acts, thenMs: 0 })),
})

type Spoil = (app: App) => App

async function wrongWith(world: World, plan: Plan, spoil?: Spoil): Promise<string> {
  world.spoil = spoil ?? (app => app)
  // What never comes need not be waited for long.
  world.patienceMs = spoil ? 100 : 10_000
  return wrongIn(world, await live(world, plan)).join('\n')
}

/** A reader may not have looked yet when something is sent, and then is not brought it as it is stored: then it is tried again. */
const noticed = (world: World, { plan, spoil, word }: { plan: Plan; spoil: Spoil; word: string }) =>
  expect.poll(() => wrongWith(world, plan, spoil), { timeout: 20_000 }).toContain(word)

/** Stores messages otherwise than it was asked to. */
const storing =
  (change: (row: object) => object): Spoil =>
  app => ({ ...app, db: { ...app.db, insert: (table, row) => app.db.insert(table, { ...row, ...change(row) }) } })

const receivers = {
  asks: planned([first, second], [say(first)], [say(second)], [take], [take]),
  'is brought it': planned([first, second], [read], [say(first)], [say(second)], [], []),
}

for (const [how, plan] of Object.entries(receivers))
  test(`a message lost, a second holder, a thread out of order, a copy too many: noticed where a receiver ${how}`, async () => {
    const world = await openWorld()
    await using _ = world.claw
    // A reader may be too late for what it would be brought: then whoever asks in the end has it.
    let lived = await live(world, plan)
    for (let tries = 0; tries < 20 && Boolean(lived.holdings[0]?.reader) !== (how !== 'asks'); tries++)
      lived = await live(world, plan)
    expect(wrongIn(world, lived)).toEqual([])

    const [held] = lived.holdings
    if (!held) throw new Error('nothing happened')
    expect(Boolean(held.reader)).toBe(how !== 'asks')
    const tampered: Record<string, Partial<Lived>> = {
      'lost:': { messages: [] },
      'not received:': { messages: lived.messages.map(row => ({ ...row, state: 'waiting' })) },
      'done without a word': { changes: [] },
      'two holders:': { holdings: [held, { ...held, end: held.end + 1 }, ...lived.holdings.slice(1)] },
      'counted as one:': { holdings: [held, ...lived.holdings] },
      'out of order:': { changes: lived.changes.filter(({ holding }) => holding.message.id !== held.message.id) },
      'at the wrong agent:': { holdings: lived.holdings.map(each => ({ ...each, agent: 2 })) },
      'twice:': { holdings: [...lived.holdings, { ...held, message: { ...held.message, id: 'msg_other' } }] },
    }
    for (const [word, changes] of Object.entries(tampered))
      expect(wrongIn(world, { ...lived, ...changes }).join('\n'), word).toContain(word)
  })

test('a process that says what is not stored yet, and one whose clock is ahead, are noticed', async () => {
  const world = await openWorld()
  await using _ = world.claw
  const forgetful: Spoil = app => ({ ...app, db: { ...app.db, insert: async () => 0 } })
  await noticed(world, { plan: planned([wish], [say(wish)]), spoil: forgetful, word: 'lost:' })
  await noticed(world, { plan: planned([wish], [read], [say(wish)], []), spoil: forgetful, word: 'lost:' })

  let started = 0
  const ahead: Spoil = app =>
    started++ % 2 ? { ...app, relay: { ...app.relay, now: () => app.relay.now() + 600_000 } } : app
  for (const receiving of [
    [[say(wish)], [{ ...take, fate: dies }]],
    [[{ ...read, fate: dies }], [say(wish)]],
  ]) {
    const two = planned([wish], ...receiving, [{ ...take, by: 1 }])
    const plan = { ...two, processes: [...two.processes, ...two.processes] }
    await noticed(world, { plan, spoil: ahead, word: 'two holders:' })
  }
})

test('a reader that is given what is not stored as its own, or not as handed out, is noticed', async () => {
  const world = await openWorld()
  await using _ = world.claw
  const brought = planned([wish], [{ ...read, fate: dies }], [say(wish)], [take], [])
  expect(await wrongWith(world, brought)).toBe('')
  const freely = storing(() => ({ lease: '', lease_until: 0, holder: '' }))
  await noticed(world, { plan: brought, spoil: freely, word: 'two holders:' })
  const uncounted = storing(() => ({ deliveries: 0 }))
  const given = planned([wish], [{ ...read, fate: { ...fate, how: 'release' } }], [say(wish)], [take], [])
  expect(await wrongWith(world, given)).toBe('')
  await noticed(world, { plan: given, spoil: uncounted, word: 'counted as one:' })
})

test('a reader that keeps a message when it goes, never goes, or takes more than it has room for is noticed', async () => {
  const world = await openWorld()
  await using _ = world.claw
  const goes = { ...read, fate: dies, closes: { turns: 2, steps: 0 } }
  const plan = planned([wish], [goes], [say(wish)], [], [])
  expect(await wrongWith(world, plan)).toBe('')
  const keeping: Spoil = app => ({ ...app, db: { ...app.db, together: async () => [] as never } })
  await noticed(world, { plan, spoil: keeping, word: 'kept by one who is gone:' })
  const lost: Spoil = app => {
    const { readers } = app.relay
    const find: typeof readers.find = (...asked) => {
      const place = readers.find(...asked)
      return place && { ...place, take: () => undefined }
    }
    return { ...app, relay: { ...app.relay, readers: { ...readers, find } } }
  }
  await noticed(world, { plan, spoil: lost, word: 'a reader that is never closed' })

  const other = { ...wish, mark: 'r0w1x', key: 'two' }
  const both = planned([wish, other], [{ ...read, window: 1, fate: dies }], [say(wish)], [say(other)], [])
  expect(await wrongWith(world, both)).toBe('')
  // Room for one is offered to everybody who asks.
  const roomy: Spoil = app => {
    const { readers } = app.relay
    let place: ReturnType<typeof readers.find>
    const find: typeof readers.find = (...asked) => (place ??= readers.find(...asked))
    return { ...app, relay: { ...app.relay, readers: { ...readers, find } } }
  }
  await noticed(world, { plan: both, spoil: roomy, word: 'more than its window:' })
})

test('a message that lies in a mailbox although a reader is there is noticed', async () => {
  const world = await openWorld()
  await using _ = world.claw
  const deaf: Spoil = app => ({
    ...app,
    relay: { ...app.relay, wake: () => undefined, readers: { ...app.relay.readers, find: () => undefined } },
  })
  const plan = planned([wish], [read], [say(wish)], [])
  expect(await wrongWith(world, plan)).toBe('')
  await noticed(world, { plan, spoil: deaf, word: 'left lying:' })
})
