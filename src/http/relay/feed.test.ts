import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startClawLink } from '../../../test/kit/clawlink.ts'
import { relayAgent } from '../../../test/kit/relay-agent.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../../relay/box.ts'
import { claimMessages } from '../../relay/messages/claim-messages.ts'
import type { Message } from '../../relay/messages/message.ts'
import { releaseMessages } from '../../relay/messages/release-messages.ts'
import { type Sending, sendMessage } from '../../relay/messages/send-message.ts'
import { createFeed, type FeedOptions } from './feed.ts'

async function world() {
  const claw = await startClawLink({ config: { roles: ['web'] }, connected: false })
  const [ann, bob] = [await relayAgent(claw, 'ann'), await relayAgent(claw, 'bob')]
  const boxOf = (agentId: string, device = 'desk'): Box => ({ workspaceId: claw.app.workspaceId, agentId, device })
  const got: Message[] = []
  const { app } = claw
  return {
    claw,
    app,
    got,
    box: boxOf(bob.id),
    bodies: () => got.map(({ body }) => body),
    send: (body: unknown, sending: Partial<Sending> = {}) =>
      sendMessage(app, boxOf(ann.id), { to: 'bob', body, ...sending }),
    other: boxOf(bob.id, 'shed'),
    feed: (options: Partial<FeedOptions> = {}, on: App = app) =>
      createFeed(on, boxOf(bob.id), {
        window: 1,
        leaseMs: 60_000,
        isReady: () => true,
        mayStill: () => true,
        push: messages => got.push(...messages),
        failed: cause => expect.fail(String(cause)),
        ...options,
      }),
    [Symbol.asyncDispose]: () => claw[Symbol.asyncDispose](),
  }
}

/** An app whose next insert goes on only when it is told to. */
function held(app: App) {
  const { promise: gate, resolve: go, reject: fail } = Promise.withResolvers<void>()
  const insert: App['db']['insert'] = async (table, row) => {
    await gate
    return app.db.insert(table, row)
  }
  return { app: { ...app, db: { ...app.db, insert } }, go, fail }
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await nextTurn()
}

test('a feed that is closed twice while a message is on its way ends both times, and gives it back', async () => {
  await using place = await world()
  const feed = place.feed()
  feed.more()
  await settled()
  const slow = held(place.app)
  const sending = sendMessage(slow.app, place.other, { to: 'bob', body: 'on its way' })
  await settled()
  const closing = Promise.all([feed.close(), feed.close()])
  slow.go()
  expect(await sending).not.toBeInstanceOf(Fault)
  await closing
  expect(place.bodies()).toEqual([])
  const again = await claimMessages(place.app, place.other, { limit: 10, leaseMs: 1_000 })
  expect(again.map(({ body }) => body)).toEqual(['on its way'])
})

test('room that was kept for a message that could not be stored goes to what waits meanwhile', async () => {
  await using place = await world()
  const feed = place.feed()
  feed.more()
  await settled()
  const slow = held(place.app)
  const failing = sendMessage(slow.app, place.other, { to: 'bob', body: 'never stored' })
  await settled()
  await place.send('waits')
  await settled()
  expect(place.bodies()).toEqual([])
  slow.fail(new Error('the disk is full'))
  await expect(failing).rejects.toThrow('the disk is full')
  await expect.poll(place.bodies).toEqual(['waits'])
  await feed.close()
})

test('never more than the window is with a reader, also when messages are sent while it looks for others', async () => {
  await using place = await world()
  let asked = Promise.withResolvers<boolean>()
  asked.resolve(true)
  const feed = place.feed({ mayStill: () => asked.promise })
  feed.more()
  await settled()
  asked = Promise.withResolvers()
  // It looks for more, and waits for the answer whether it still may.
  await place.send('of a thread', { thread: 't' })
  const sending = place.send('sent meanwhile')
  await settled()
  asked.resolve(true)
  await sending
  await settled()
  expect(place.got).toHaveLength(1)
  for (let left = 2; left > 0; left--) {
    await expect.poll(() => place.got.length).toBe(3 - left)
    const { id, lease } = place.got[2 - left] ?? {}
    await feed.ack([{ id: id ?? '', lease: lease ?? '' }])
  }
  expect(place.bodies().toSorted()).toEqual(['of a thread', 'sent meanwhile'])
  await feed.close()
})

test('room of a message that the reader has lost to another device goes to what waits', async () => {
  await using place = await world()
  const feed = place.feed()
  feed.more()
  await settled()
  await place.send('lost')
  expect(place.bodies()).toEqual(['lost'])
  await place.send('waits')
  const [lost] = place.got
  await releaseMessages(place.app, place.box, [{ id: lost?.id ?? '', lease: lost?.lease ?? '' }])
  const taken = await claimMessages(place.app, place.other, { limit: 1, leaseMs: 600_000 })
  expect(taken.map(({ body }) => body)).toEqual(['lost'])
  place.claw.clock.leap(21_000)
  feed.keep(place.app.clock.now())
  await expect.poll(place.bodies).toEqual(['lost', 'waits'])
  await feed.close()
})

test('what waits for room goes before what is sent later', async () => {
  await using place = await world()
  const feed = place.feed({ window: 12 })
  feed.more()
  await settled()
  for (let sent = 0; sent < 12; sent++) await place.send(sent)
  expect(place.got).toHaveLength(12)
  // In a thread of its own each, and so not offered to any reader.
  for (let sent = 12; sent < 24; sent++) await place.send(sent, { thread: String(sent) })
  await settled()
  await feed.ack(place.got.map(({ id, lease }) => ({ id, lease: lease ?? '' })))
  await place.send('later')
  await settled()
  expect(place.bodies().slice(12)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
  await feed.close()
})

test('what waits is taken together as far as the window goes, and what is large one after the other', async () => {
  await using place = await world()
  for (let number = 0; number < 40; number++) await place.send(number)
  for (let number = 0; number < 3; number++) await place.send('x'.repeat(200_000), { priority: 'urgent' })
  const pushes: number[] = []
  const feed = place.feed({ window: 32, push: ({ length }) => pushes.push(length) })
  feed.more()
  await expect.poll(() => pushes).toEqual([1, 1, 30])
  await feed.close()
})
