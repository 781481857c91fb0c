/** Broadcasts: one copy for each who subscribes, never two, and a log that can be read and searched while it is kept. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authenticate } from '../../src/accounts/authenticate.ts'
import { Fault } from '../../src/core/errors.ts'
import { newId } from '../../src/core/ids.ts'
import { boxOf } from '../../src/relay/box.ts'
import { broadcast } from '../../src/relay/broadcasts/broadcast.ts'
import { copiesAtOnce } from '../../src/relay/broadcasts/copies.ts'
import { fanOut } from '../../src/relay/broadcasts/fan-out.ts'
import { sweepRelay } from '../../src/relay/forget-relay.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { signIn } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { plainKey } from '../kit/plain-key.ts'
import { everythingOf } from '../kit/scan.ts'

const hourMs = 60 * 60_000

let claw: TestClawLink
beforeAll(async () => {
  claw = await startClawLink({ connected: false })
})
afterAll(() => claw.stop())

let agents = 0
/** A new agent's key. */
async function newAgent(of = claw): Promise<string> {
  agents += 1
  return of.newKey({ agent: `agent ${agents}`, scope: {} })
}
/** Topics are of one test each. */
const newTopic = () => `topic ${newId('bc', claw.clock.now())}`

async function subscribe(key: string, topic: string, tags?: string[]): Promise<void> {
  const path = `/relay/subscriptions/${encodeURIComponent(topic)}`
  const { status, body } = await claw.rest('PUT', path, { key, body: { tags } })
  expect({ status, body }).toMatchObject({ status: 200, body: { topic, tags: tags ?? [] } })
}
async function tell(key: string, topic: string, more: { content?: unknown; tags?: string[]; messageId?: string } = {}) {
  return claw.rest('POST', '/relay/broadcasts', { key, body: { topic, content: 'hello', ...more } })
}
type Copy = { id: string; lease: string; kind: string; from: { name: string }; body: Record<string, unknown> }
/** Takes and acknowledges all that waits. */
async function receive(key: string, of = claw): Promise<Copy[]> {
  const { body } = await of.rest('POST', '/relay/inbox', { key, body: { limit: 100 } })
  const items = body.items as Copy[] // as documented
  for (const { id, lease } of items) await of.rest('POST', `/relay/inbox/${id}/ack`, { key, body: { lease } })
  return items
}
type Told = { id: string; content: unknown; refused: number; recipients: number; tags: string[] }
async function log(query: string, key = claw.key): Promise<Told[]> {
  return (await claw.rest('GET', `/relay/broadcasts?${query}`, { key })).body.items as Told[] // as documented
}
const only = (topic: string) => `topic=${encodeURIComponent(topic)}`

describe('a broadcast', () => {
  test('comes once to each who subscribes to its topic, and to nobody else', async () => {
    const topic = newTopic()
    const [sender, reader, other, stranger] = await Promise.all([newAgent(), newAgent(), newAgent(), newAgent()])
    await subscribe(reader, topic)
    await subscribe(reader, topic)
    await subscribe(other, topic)
    await subscribe(stranger, `${topic} not`)
    const { status, body } = await tell(sender, topic, { content: { found: 'a bug' }, tags: ['css'] })
    expect(status).toBe(201)
    expect(body).toMatchObject({ topic, state: 'sent', recipients: 2, refused: 0, repeated: false })
    for (const key of [reader, other]) {
      const copies = await receive(key)
      const said = { broadcastId: body.id, topic, tags: ['css'], content: { found: 'a bug' } }
      expect(copies).toMatchObject([{ kind: 'broadcast', body: said }])
      expect(await receive(key)).toEqual([])
    }
    expect(await receive(stranger)).toEqual([])
    expect(await receive(sender)).toEqual([])
  })

  test('waits for a subscriber that is offline, and comes to its sender too when that subscribes', async () => {
    const topic = newTopic()
    const [sender, reader] = await Promise.all([newAgent(), newAgent()])
    await subscribe(sender, topic)
    await subscribe(reader, topic)
    await tell(sender, topic)
    claw.clock.move(24 * hourMs)
    expect(await receive(reader)).toHaveLength(1)
    expect(await receive(sender)).toHaveLength(1)
  })

  test('comes only to those who want one of its tags', async () => {
    const topic = newTopic()
    const [sender, all, css, html] = await Promise.all([newAgent(), newAgent(), newAgent(), newAgent()])
    await subscribe(all, topic)
    await subscribe(css, topic, ['css', 'layout'])
    await subscribe(html, topic, ['html'])
    expect((await tell(sender, topic, { tags: ['new', 'css'] })).body.recipients).toBe(2)
    expect(await receive(all)).toHaveLength(1)
    expect(await receive(css)).toHaveLength(1)
    expect(await receive(html)).toEqual([])
  })

  test('does not come to who has unsubscribed, subscribes later, has left, or has no key any more', async () => {
    const topic = newTopic()
    const [sender, former, left, gone] = await Promise.all([newAgent(), newAgent(), newAgent(), newAgent()])
    for (const key of [former, left, gone]) await subscribe(key, topic)
    await claw.rest('DELETE', `/relay/subscriptions/${encodeURIComponent(topic)}`, { key: former })
    await claw.rest('PUT', '/relay/agents/me', { key: left, body: {} })
    await claw.rest('DELETE', '/relay/agents/me', { key: left })
    const ended = await principal(gone)
    await claw.app.db.write(tx => tx.updateTable('keys').set({ revoked_at: 1 }).where('id', '=', ended.keyId).execute())
    expect((await tell(sender, topic)).body.recipients).toBe(0)
    claw.clock.move(1)
    const late = await newAgent()
    await subscribe(late, topic)
    expect(await receive(late)).toEqual([])
    expect((await claw.rest('GET', '/relay/subscriptions', { key: former })).body.items).toEqual([])
  })

  test('does not come to who subscribes to a topic of the same name in another workspace', async () => {
    const topic = newTopic()
    const stranger = await otherWorkspace(claw)
    await subscribe(stranger.key, topic)
    expect((await tell(await newAgent(), topic)).body.recipients).toBe(0)
    expect(await receive(stranger.key)).toEqual([])
    expect((await claw.rest('GET', '/relay/topics', { key: stranger.key })).body.items).toMatchObject([
      { topic, subscribers: 1, broadcasts: 0 },
    ])
  })

  test('does nothing more when it is sent again, also at the same moment, and is refused when it says something else', async () => {
    const topic = newTopic()
    const [sender, reader] = await Promise.all([newAgent(), newAgent()])
    await subscribe(reader, topic)
    const same = { content: { a: 1, b: 2 }, tags: ['x', 'y'], messageId: 'mine' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => tell(sender, topic, same)))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.filter(({ body }) => body.repeated === false)).toHaveLength(1)
    const turned = { ...same, content: { b: 2, a: 1 }, tags: ['y', 'x'] }
    expect((await tell(sender, topic, turned)).body).toMatchObject({ repeated: true, recipients: 1 })
    expect((await tell(sender, topic, { ...same, content: 'else' })).body.code).toBe('idempotency_conflict')
    expect(await receive(reader)).toHaveLength(1)
    expect(await log(only(topic))).toHaveLength(1)
    // Another sender's id is another id.
    expect((await tell(reader, topic, same)).body.repeated).toBe(false)
  })

  test('that cannot be one is refused with what is wrong', async () => {
    const key = await newAgent()
    expect((await tell(key, ' ')).body).toMatchObject({ code: 'validation_error', invalidFields: [{ field: 'topic' }] })
    expect((await tell(key, 't', { tags: ['two\nlines'] })).body.invalidFields).toMatchObject([{ field: 'tags' }])
    expect((await tell(key, 't', { content: 'x'.repeat(1024 * 1024) })).body.code).toBe('payload_too_large')
    expect((await claw.rest('POST', '/relay/broadcasts', { key, body: { topic: 't' } })).body.code).toBe(
      'validation_error',
    )
  })

  test('to a subscriber whose mailbox is full is refused for that one alone, and can be read in the log', async () => {
    await using small = await startClawLink({ connected: false, config: { relayMailboxMax: 2 } })
    const [sender, full, free] = await Promise.all([newAgent(small), newAgent(small), newAgent(small)])
    for (const key of [full, free]) await small.rest('PUT', '/relay/subscriptions/t', { key, body: {} })
    const say = async (content: number) =>
      (await small.rest('POST', '/relay/broadcasts', { key: sender, body: { topic: 't', content } })).body
    for (const content of [1, 2]) {
      expect(await say(content)).toMatchObject({ recipients: 2, refused: 0 })
      await receive(free, small)
    }
    expect(await say(3)).toMatchObject({ state: 'sent', recipients: 1, refused: 1 })
    const { items } = (await small.rest('GET', '/relay/broadcasts?text=3', { key: full })).body
    expect(items).toMatchObject([{ content: 3, recipients: 1, refused: 1 }])
    expect(await receive(free, small)).toMatchObject([{ body: { content: 3 } }])
    expect((await receive(full, small)).map(({ body }) => body.content)).toEqual([1, 2])
  })
})

describe('to very many subscribers', () => {
  const many = 2 * copiesAtOnce + 50

  test('it is acknowledged before all have it, and goes on until each has one copy', async () => {
    const topic = newTopic()
    const ids = await manySubscribers(topic, many)
    const { body } = await tell(await newAgent(), topic)
    expect(body).toMatchObject({ state: 'sending', recipients: 0 })
    await expect.poll(() => log(only(topic)), { timeout: 20_000 }).toMatchObject([{ state: 'sent', recipients: many }])
    expect(await mailboxes(String(body.id))).toEqual(ids)
  })

  test('what was cut off halfway goes on, also in several processes at once, and nobody gets two copies', async () => {
    const topic = newTopic()
    const ids = await manySubscribers(topic, many)
    await refuseMailbox(ids[copiesAtOnce + 20] ?? '')
    const id = String((await tell(await newAgent(), topic)).body.id)
    await expect.poll(() => mailboxes(id), { timeout: 20_000 }).toEqual(ids.slice(0, copiesAtOnce))
    await expect(fanOut(claw.app, id)).rejects.toThrow()
    await allowMailboxes()
    // Some have received theirs by now.
    await claw.app.db.write(tx =>
      tx
        .updateTable('relay_messages')
        .set({ state: 'done' })
        .where('mailbox', '=', ids[0] ?? '')
        .execute(),
    )
    claw.clock.move(hourMs)
    await Promise.all([fanOut(claw.app, id), fanOut(claw.app, id)])
    expect(await mailboxes(id)).toEqual(ids)
    expect(await log(only(topic))).toMatchObject([{ state: 'sent', recipients: many, refused: 0 }])
  })
})

describe('the log', () => {
  test('is read newest first, page by page, by members and by agents of the workspace alone', async () => {
    const topic = newTopic()
    const [sender, reader] = await Promise.all([newAgent(), newAgent()])
    for (const content of [1, 2, 3]) await tell(sender, topic, { content })
    const first = await claw.rest('GET', `/relay/broadcasts?${only(topic)}&limit=2`, { key: reader })
    expect(first.body).toMatchObject({ items: [{ content: 3 }, { content: 2 }], next: expect.any(String) })
    expect(await log(`${only(topic)}&limit=2&next=${first.body.next}`)).toMatchObject([{ content: 1 }])
    const ada = await signIn(claw, { name: 'Ada', role: 'member' })
    expect((await ada.rest('GET', `/relay/broadcasts?${only(topic)}`)).body.items).toHaveLength(3)
    const stranger = await otherWorkspace(claw)
    expect(await log('limit=100', stranger.key)).toEqual([])
  })

  test('is searched by words, topic and tag', async () => {
    const topic = newTopic()
    const sender = await newAgent()
    await tell(sender, topic, { content: { title: 'Flexbox in Safari', version: 270_418 }, tags: ['css'] })
    await tell(sender, topic, { content: 'Flexbox in Firefox', tags: ['css', 'old'] })
    await tell(sender, newTopic(), { content: 'Flexbox elsewhere' })
    const found = async (query: string) => (await log(`${only(topic)}&${query}`)).map(({ content }) => content)
    expect(await found('text=flexbox')).toHaveLength(2)
    expect(await found('text=SAFARI%20flexbox')).toEqual([{ title: 'Flexbox in Safari', version: 270_418 }])
    expect(await found('text=270418')).toHaveLength(1)
    expect(await found('text=chrome')).toEqual([])
    expect(await found('tag=old')).toEqual(['Flexbox in Firefox'])
    expect(await found('text=old')).toEqual(['Flexbox in Firefox'])
    expect(await log('text=flexbox%20elsewhere')).toHaveLength(1)
  })

  test('is searched to its end, however long it is, some of it at a time', async () => {
    await using long = await startClawLink({ connected: false })
    const asking = await principal(long.key, long)
    const say = (content: string) => broadcast(long.app, boxOf(asking), { topic: 'long', content })
    await say('the needle')
    for (let i = 0; i < 1_100; i++) await say(`hay ${i}`)
    const search = (next = '') => long.rest('GET', `/relay/broadcasts?text=needle${next && `&next=${next}`}`)
    const first = (await search()).body
    expect(first).toEqual({ items: [], next: expect.any(String) })
    expect((await search(String(first.next))).body).toMatchObject({ items: [{ content: 'the needle' }], next: null })
  })

  test('forgets what is older than its retention, and no copy that still waits; under its id a new one can be made', async () => {
    await using claw = await startClawLink({ connected: false, config: { relayKeepHours: 24 } })
    const reader = await newAgent(claw)
    await claw.rest('PUT', '/relay/subscriptions/t', { key: reader, body: {} })
    const say = (content: string) =>
      claw.rest('POST', '/relay/broadcasts', { body: { topic: 't', content, messageId: 'daily' } })
    await say('old')
    claw.clock.move(23 * hourMs)
    await sweepRelay(claw.app)
    expect((await claw.rest('GET', '/relay/broadcasts')).body.items).toHaveLength(1)
    claw.clock.move(2 * hourMs)
    await sweepRelay(claw.app)
    expect((await claw.rest('GET', '/relay/broadcasts')).body.items).toEqual([])
    expect(await receive(reader, claw)).toMatchObject([{ body: { content: 'old' } }])
    expect((await say('new')).body).toMatchObject({ repeated: false, recipients: 1 })
    expect(await receive(reader, claw)).toMatchObject([{ body: { content: 'new' } }])
    claw.clock.move(200 * hourMs)
    await sweepRelay(claw.app)
    expect(await claw.app.db.read.selectFrom('relay_contents').selectAll().execute()).toEqual([])
  })

  test('keeps nothing of what was said in the clear', async () => {
    const said = 'the very secret finding 4711'
    await using quiet = await startClawLink({ connected: false })
    await quiet.rest('PUT', '/relay/subscriptions/t', { body: {} })
    await quiet.rest('POST', '/relay/broadcasts', { body: { topic: 't', content: said } })
    for (const [where, text] of await everythingOf(quiet)) expect(text.includes(said), where).toBe(false)
  })
})

test('topics are listed with their subscribers, those with the latest broadcast first', async () => {
  await using claw = await startClawLink({ connected: false })
  for (const topic of ['b', 'quiet', 'a']) await claw.rest('PUT', `/relay/subscriptions/${topic}`, { body: {} })
  for (const topic of ['a', 'b', 'b', 'unheard']) {
    claw.clock.move(1000)
    await claw.rest('POST', '/relay/broadcasts', { body: { topic, content: 1 } })
  }
  const lastAt = expect.any(String)
  expect((await claw.rest('GET', '/relay/topics')).body.items).toEqual([
    { topic: 'unheard', subscribers: 0, broadcasts: 1, lastAt },
    { topic: 'b', subscribers: 1, broadcasts: 2, lastAt },
    { topic: 'a', subscribers: 1, broadcasts: 1, lastAt },
    { topic: 'quiet', subscribers: 1, broadcasts: 0, lastAt: null },
  ])
})

test('a key whose scope excludes the relay may neither broadcast nor read', async () => {
  const key = await claw.newKey({ agent: 'outsider', scope: { relay: false } })
  expect((await tell(key, 't')).body.code).toBe('forbidden')
  expect((await claw.rest('GET', '/relay/broadcasts', { key })).body.code).toBe('forbidden')
  expect((await claw.rest('PUT', '/relay/subscriptions/t', { key, body: {} })).body.code).toBe('forbidden')
})

/** Agents with keys and subscriptions, as rows; gives their ids in order. */
async function manySubscribers(topic: string, count: number): Promise<string[]> {
  const { app, clock } = claw
  const ids = Array.from({ length: count }, () => newId('agt', clock.now()))
  const at = { workspace_id: app.workspaceId, created_at: clock.now() }
  await app.db.write(async tx => {
    await tx
      .insertInto('agents')
      .values(ids.map(id => ({ ...at, id, name: `one of many ${id}`, created_by: '' })))
      .execute()
    await tx
      .insertInto('keys')
      .values(
        ids.map(id => ({
          ...at,
          ...plainKey,
          id: newId('key', clock.now()),
          agent_id: id,
          environment: 'live' as const,
          hash: id,
          last_four: '0000',
          expires_at: null,
          revoked_at: null,
        })),
      )
      .execute()
    await tx
      .insertInto('relay_subscriptions')
      .values(ids.map(id => ({ ...at, agent_id: id, topic, tags: '[]' })))
      .execute()
  })
  return ids.toSorted()
}

/** Whose mailboxes have a copy, once for each copy, in order. */
async function mailboxes(id: string): Promise<string[]> {
  const rows = await claw.app.db.read
    .selectFrom('relay_messages')
    .select('mailbox')
    .where('content_id', '=', id)
    .orderBy('mailbox')
    .execute()
  return rows.map(({ mailbox }) => mailbox)
}

/** The database breaks off whatever puts something into this mailbox. */
async function refuseMailbox(id: string): Promise<void> {
  const refuse =
    claw.app.db.dialect === 'postgres'
      ? sql`alter table relay_messages add constraint refuse_one check (mailbox <> ${sql.lit(id)}) not valid`
      : sql`create trigger refuse_one before insert on relay_messages when new.mailbox = ${sql.lit(id)}
          begin select raise(abort, 'refused'); end`
  await claw.app.db.write(tx => refuse.execute(tx))
}
async function allowMailboxes(): Promise<void> {
  const allow =
    claw.app.db.dialect === 'postgres'
      ? sql`alter table relay_messages drop constraint refuse_one`
      : sql`drop trigger refuse_one`
  await claw.app.db.write(tx => allow.execute(tx))
}

async function principal(key: string, of = claw) {
  const asking = await authenticate(of.app, key)
  if (asking instanceof Fault) throw new Error(asking.message)
  return asking
}
