/** Two relay processes on one PostgreSQL, with clocks that differ by an hour. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authenticate } from '../../src/accounts/authenticate.ts'
import { type App, openApp } from '../../src/app.ts'
import { Fault } from '../../src/core/errors.ts'
import { createFeed } from '../../src/http/relay/feed.ts'
import { poll } from '../../src/http/relay/seed/poll.ts'
import { type Box, boxOf } from '../../src/relay/box.ts'
import { createDatabaseClock } from '../../src/relay/database-clock.ts'
import { ackMessages } from '../../src/relay/messages/ack-messages.ts'
import { awaitMessages } from '../../src/relay/messages/await-messages.ts'
import { claimMessages } from '../../src/relay/messages/claim-messages.ts'
import type { Message } from '../../src/relay/messages/message.ts'
import { prepareMessages, putMessages } from '../../src/relay/messages/new-message.ts'
import { readMailbox, readThread } from '../../src/relay/messages/read-mailbox.ts'
import { sendMessage } from '../../src/relay/messages/send-message.ts'
import { sweepOnce } from '../../src/relay/sweep.ts'
import { mailboxTopic } from '../../src/relay/wake.ts'
import { type RunningRelay, startRelay } from '../../src/roles/relay.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { relayAgent } from '../kit/relay-agent.ts'

const claim = { limit: 10, leaseMs: 60_000 }

describe.runIf(process.env.CLAWLINK_TEST_DIALECT === 'postgres')('two relay processes', () => {
  let claw: TestClawLink
  /** Its clock is wrong by so much. */
  let wrongMs = 60 * 60_000
  let other: App
  let close: () => Promise<void>
  let relay: RunningRelay
  let ann: Box
  let bob: Box

  beforeAll(async () => {
    claw = await startClawLink()
    const clock = { now: () => claw.clock.now() + wrongMs, after: claw.clock.after }
    const opened = await openApp(claw.app.config, { clock, log: claw.app.log })
    if (opened instanceof Fault) throw new Error(opened.message)
    other = opened.app
    close = opened.close
    relay = startRelay(other)
    const box = async (name: string): Promise<Box> => ({
      workspaceId: claw.app.workspaceId,
      agentId: (await relayAgent(claw, name)).id,
      device: name,
    })
    ann = await box('ann')
    bob = await box('bob')
  })
  afterAll(async () => {
    await relay?.stop()
    await close?.()
    await claw?.stop()
  })

  const send = async (app: App, body: unknown, extra: { messageId?: string; thread?: string } = {}) => {
    const sent = await sendMessage(app, ann, { to: bob.agentId, body, ...extra })
    if (sent instanceof Fault) throw new Error(sent.message)
    return sent
  }
  /** A message of this thread that has its number, and that nobody sees before it is committed. */
  const putLate = async (thread: string): Promise<{ commit(): Promise<void> }> => {
    const expiresAt = claw.app.relay.now() + 60_000
    const about = { workspaceId: ann.workspaceId, mailbox: bob.agentId, from: ann, kind: 'message' as const, thread }
    const prepared = await prepareMessages(claw.app, [
      { ...about, id: `msg_${thread}`, priority: 'normal', body: 'late', expiresAt },
    ])
    const isPut = Promise.withResolvers<void>()
    const mayEnd = Promise.withResolvers<void>()
    const written = claw.app.db.write(async tx => {
      await putMessages(tx, prepared)
      isPut.resolve()
      await mayEnd.promise
    })
    await Promise.race([isPut.promise, written])
    return {
      commit() {
        mayEnd.resolve()
        return written
      },
    }
  }
  const ack = (app: App, messages: Message[]) =>
    ackMessages(
      app,
      bob,
      messages.map(({ id, lease }) => ({ id, lease: lease ?? '' })),
    )

  test('agree on when a lease is over, however far their clocks are apart', async () => {
    await send(claw.app, 'one')
    const taken = await claimMessages(claw.app, bob, claim)
    expect(taken).toHaveLength(1)
    expect(await claimMessages(other, bob, claim)).toEqual([])
    claw.clock.move(61_000)
    const again = await claimMessages(other, bob, claim)
    expect(again).toMatchObject([{ id: taken[0]?.id, deliveries: 2 }])
    expect(await ack(claw.app, taken)).toMatchObject([{ code: 'conflict' }])
    expect(await ack(other, again)).toEqual([undefined])
  })

  test('agree on it again once a clock was set while they run', async () => {
    const measure = () => Promise.all([claw.app, other].map(({ relay }) => relay.measure()))
    await measure()
    await send(claw.app, 'two')
    const taken = await claimMessages(claw.app, bob, claim)
    for (const setMs of [7_200_000, -7_200_000]) {
      wrongMs += setMs
      await measure()
      expect(await claimMessages(other, bob, claim)).toEqual([])
    }
    claw.clock.move(61_000)
    const again = await claimMessages(other, bob, claim)
    expect(again).toMatchObject([{ id: taken[0]?.id, deliveries: 2 }])
    expect(await ack(other, again)).toEqual([undefined])
  })

  test('go by the same time as before after an answer that was slow to come', async () => {
    const begun = Date.now()
    // What the clock says when it is looked at, and begun for good.
    const looks: number[] = []
    const time = await createDatabaseClock(claw.app.db, { ...claw.clock, now: () => looks.shift() ?? begun })
    const before = time.now()
    looks.push(begun - 8_000, begun + 8_000)
    await time.measure()
    expect({ looks, now: time.now() }).toEqual({ looks: [], now: before })
  })

  test('wake each other’s sleepers at once', async () => {
    const waiting = awaitMessages(other, bob, { ...claim, waitMs: 60_000 })
    await send(claw.app, 'wake up')
    const messages = await waiting
    if (messages instanceof Fault) throw messages
    expect(messages).toMatchObject([{ body: 'wake up' }])
    await ack(other, messages)
  })

  test('store what is sent to both at the same moment under one messageId once', async () => {
    const sent = await Promise.all([claw.app, other, claw.app, other].map(app => send(app, 'same', { messageId: 'm' })))
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
    expect(sent.filter(({ repeated }) => !repeated)).toHaveLength(1)
    await ack(claw.app, await claimMessages(claw.app, bob, claim))
  })

  test('hand out each message once, and a thread in order, when both hand out at the same time', async () => {
    for (let n = 0; n < 40; n++) await send(n % 2 ? other : claw.app, n, { thread: `t${n % 4}` })
    const seen: number[] = []
    while (seen.length < 40) {
      const rounds = await Promise.all([claw.app, other].map(app => claimMessages(app, bob, claim)))
      for (const messages of rounds) {
        seen.push(...messages.map(({ body }) => Number(body)))
        expect(await ack(claw.app, messages)).toEqual(messages.map(() => undefined))
      }
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n))
    for (let thread = 0; thread < 4; thread++) {
      const ofThread = seen.filter(n => n % 4 === thread)
      expect(ofThread).toEqual(ofThread.toSorted((a, b) => a - b))
    }
  })

  test('let nobody who goes on from a cursor miss what has a smaller number and is committed later', async () => {
    await send(claw.app, 'first', { thread: 'read' })
    const readers = [
      (after?: string) => readMailbox(other, bob, { after, limit: 100 }),
      (after?: string) => readThread(other, bob, 'read', { after, limit: 100 }),
    ]
    const start = (await readMailbox(other, bob, { limit: 100 })).items.at(-1)?.cursor
    const late = await putLate('read')
    await send(other, 'early', { thread: 'read' })
    const before = await Promise.all(readers.map(read => read(start)))
    await late.commit()
    for (const [at, read] of readers.entries()) {
      const known = before[at]?.items ?? []
      const { items } = await read(known.at(-1)?.cursor ?? start)
      expect([...known, ...items].map(({ body }) => body)).toEqual(['late', 'early'])
    }
  })

  test('show a reader at once what is committed, also while others are writing', async () => {
    const late = await putLate('wait')
    await send(other, 'early', { thread: 'wait' })
    const reading = readThread(other, bob, 'wait', { limit: 100 })
    await late.commit()
    expect((await reading).items.map(({ body }) => body)).toEqual(['late', 'early'])
  })

  test('wake who waits for what is committed late, however many were stored meanwhile and though nobody told of it', async () => {
    let mark = await sweepOnce(other)
    const late = await putLate('sweep')
    await sql`select nextval('relay_messages_seq_seq') from generate_series(1, 2000)`.execute(claw.app.db.read)
    await sendMessage(claw.app, bob, { to: ann.agentId, body: 'early, for another' })
    mark = await sweepOnce(other, mark)
    await late.commit()
    let isWoken = false
    other.wakes.on(mailboxTopic(bob.agentId), () => {
      isWoken = true
    })
    await sweepOnce(other, mark)
    expect(isWoken).toBe(true)
  })

  /** An agent of the openclaw-link skill that is told something, and how it polls a process. */
  const polling = async (name: string) => {
    const { id, key } = await relayAgent(claw, name)
    const principal = await authenticate(claw.app, key)
    if (principal instanceof Fault) throw principal
    const sent = await sendMessage(claw.app, ann, { to: id, body: { task_response: { result: 'said' } } })
    if (sent instanceof Fault) throw sent
    return {
      box: boxOf(principal),
      async poll(app: App) {
        const asked = { agentId: id, waitMs: 0, gone: () => false, mayStill: async () => true }
        const polled = await poll(app, principal, asked)
        if (polled instanceof Fault) throw polled
        return { count: polled.answer.count, written: polled.written }
      },
    }
  }

  test('take nothing for arrived that another one is still answering a poll with, and all that it has answered', async () => {
    const agent = await polling('polls twice')
    const first = await agent.poll(claw.app)
    expect([first.count, (await agent.poll(other)).count]).toEqual([1, 0])
    await first.written(false)
    const again = await agent.poll(other)
    expect(again.count).toBe(1)
    await again.written(true)
    expect((await agent.poll(claw.app)).count).toBe(0)
    claw.clock.move(10 * 60_000)
    expect((await agent.poll(other)).count).toBe(0)
  })

  test('take nothing for arrived at a poll that another one is pushing to a connection', async () => {
    const agent = await polling('polls and connects')
    const pushed = Promise.withResolvers<void>()
    const feed = createFeed(claw.app, agent.box, {
      window: 32,
      leaseMs: 600_000,
      isReady: () => true,
      mayStill: () => true,
      push: () => pushed.resolve(),
      failed: pushed.reject,
    })
    feed.more()
    await pushed.promise
    expect((await agent.poll(other)).count).toBe(0)
    await feed.close()
    expect((await agent.poll(other)).count).toBe(1)
  })
})
