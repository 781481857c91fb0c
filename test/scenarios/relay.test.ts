import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { sweepRelay } from '../../src/relay/forget-relay.ts'
import { ackMessages } from '../../src/relay/messages/ack-messages.ts'
import { awaitMessages } from '../../src/relay/messages/await-messages.ts'
import { endUndelivered } from '../../src/relay/messages/end-undelivered.ts'
import { releaseMessages } from '../../src/relay/messages/release-messages.ts'
import { sendMessage } from '../../src/relay/messages/send-message.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { type Agent, type Got, relayAgent } from '../kit/relay-agent.ts'

let claw: TestClawLink
let count = 0
/** Agents of a test have names of their own: all tests share one ClawLink. */
const newAgent = (name: string) => relayAgent(claw, `${name}-${++count}`)

beforeAll(async () => {
  claw = await startClawLink({ config: { relayMailboxMax: 50, relayDeliveriesMax: 3 } })
})
afterAll(() => claw.stop())

const bodies = (messages: Got[]) => messages.map(({ body }) => body)
/** Resolves once so many requests wait at its mailbox. */
const waits = ({ id }: Agent, places = 1) =>
  expect.poll(() => claw.app.wakes.listenerCount(`mailbox ${id}`), { timeout: 10_000 }).toBe(places)
const boxOf = (agent: Agent) => ({ workspaceId: claw.app.workspaceId, agentId: agent.id, device: '' })
const devicesOf = ({ id }: Agent) =>
  claw.app.db.read.selectFrom('relay_devices').selectAll().where('agent_id', '=', id).execute()
const pair = async (): Promise<[Agent, Agent]> => [await newAgent('ann'), await newAgent('bob')]

describe('agents', () => {
  test('register, are found by capability, machine and text, and go stale but stay listed', async () => {
    const [ann, bob] = await pair()
    await ann.ok('PUT', '/agents/me', {
      capabilities: ['code', 'review'],
      machine: 'tower',
      description: 'Writes Rust',
    })
    await bob.ok('PUT', '/agents/me', { capabilities: ['translate'], machine: `laptop-${count}` })
    const names = async (query: string) =>
      ((await ann.ok('GET', `/agents?${query}`)).items as { name: string }[]).map(({ name }) => name)
    expect(await names('capability=REVIEW')).toContain(ann.name)
    expect(await names('capability=review')).not.toContain(bob.name)
    expect(await names(`machine=laptop-${count}`)).toEqual([bob.name])
    expect(await names('text=rust')).toContain(ann.name)

    claw.clock.move(60_000)
    await bob.ok('POST', '/agents/me/heartbeat')
    claw.clock.move(61_000)
    expect(await names('online=true&limit=200')).toContain(bob.name)
    expect(await names('online=true&limit=200')).not.toContain(ann.name)
    expect(await names('limit=200')).toEqual(expect.arrayContaining([ann.name, bob.name]))
  })

  test('leave, and come back', async () => {
    const ann = await newAgent('ann')
    await ann.ok('PUT', '/agents/me', {})
    expect(await ann.ok('DELETE', '/agents/me')).toMatchObject({ left: true })
    expect(await ann.refused('POST', '/agents/me/heartbeat')).toBe('not_found')
    await ann.ok('PUT', '/agents/me', {})
    await ann.ok('POST', '/agents/me/heartbeat')
  })

  test('have several devices, each of which comes and goes by itself', async () => {
    const ann = await newAgent('ann')
    await ann.at('tower').ok('PUT', '/agents/me', { machine: 'tower' })
    await ann.at('phone').ok('PUT', '/agents/me', { machine: 'phone' })
    expect(await ann.at('phone').ok('DELETE', '/agents/me')).toMatchObject({ left: false })
    const { items } = await ann.ok('GET', `/agents?text=${ann.name}`)
    expect(items).toMatchObject([{ devices: [{ device: 'tower', machine: 'tower' }] }])
  })

  test('have a hundred devices at most: the one that was quiet for longest makes room for the next', async () => {
    const ann = await newAgent('ann')
    await ann.at('first').ok('PUT', '/agents/me', {})
    const [row] = await devicesOf(ann)
    if (!row) throw new Error('it has a device')
    const others = Array.from({ length: 99 }, (_, n) => ({
      ...row,
      device: `d${n}`,
      seen_at: row.seen_at + 1 - (n % 3),
    }))
    await claw.app.db.write(tx => tx.insertInto('relay_devices').values(others).execute())
    await claw.app.db.write(tx =>
      tx
        .updateTable('relay_devices')
        .set({ seen_at: 0 })
        .where('agent_id', '=', ann.id)
        .where('device', '=', 'd50')
        .execute(),
    )
    await ann.at('d7').ok('PUT', '/agents/me', {})
    await ann.at('next').ok('PUT', '/agents/me', {})
    const left = (await devicesOf(ann)).map(({ device }) => device)
    expect(left.toSorted()).toEqual(
      ['first', 'next', ...others.map(({ device }) => device)].filter(each => each !== 'd50').toSorted(),
    )
  })
})

describe('messages', () => {
  test('arrive with who sent them, which is the agent of the key whatever the body says', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, { from: 'bob', text: 'hello' })
    const [message] = await bob.take()
    expect(message).toMatchObject({
      body: { from: 'bob', text: 'hello' },
      from: { id: ann.id, name: ann.name },
      deliveries: 1,
    })
    expect(await ann.refused('POST', '/messages', { to: bob.name, body: 1, from: bob.id })).toBe('validation_error')
  })

  test('are handed out to one holder, and again when it does not acknowledge in time, with a count', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, 1)
    const [first] = await bob.at('tower').take()
    expect(await bob.at('phone').take()).toEqual([])
    claw.clock.move(59_000)
    expect(await bob.at('phone').take()).toEqual([])
    claw.clock.move(1_001)
    const [second] = await bob.at('phone').take()
    expect(second).toMatchObject({ id: first?.id, deliveries: 2 })
    expect(await bob.at('tower').refused('POST', `/inbox/${first?.id}/ack`, { lease: first?.lease })).toBe('conflict')
    await bob.at('phone').ack(second)
    await bob.at('phone').ack(second)
    claw.clock.move(120_000)
    expect(await bob.take()).toEqual([])
  })

  test('come no more at once than have 4 MiB together, and the rest with the next look', async () => {
    const [ann, bob] = await pair()
    for (let at = 0; at < 5; at++) await ann.send(bob, `${at}${'x'.repeat(900_000)}`)
    const taken = [await bob.take(), await bob.take()]
    expect(taken.map(items => items.map(({ body }) => String(body)[0]))).toEqual([['0', '1', '2', '3'], ['4']])
  })

  test('stay with a holder that extends its lease, and go on at once when it gives them back', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, 1)
    const [message] = await bob.take()
    claw.clock.move(50_000)
    await bob.ok('POST', `/inbox/${message?.id}/extend`, { lease: message?.lease, leaseSeconds: 60 })
    claw.clock.move(50_000)
    expect(await bob.take()).toEqual([])
    const next = bob.take(1, 60)
    await waits(bob)
    await bob.ok('POST', `/inbox/${message?.id}/release`, { lease: message?.lease })
    expect(await next).toMatchObject([{ id: message?.id, deliveries: 2 }])
    expect(await bob.refused('POST', `/inbox/${message?.id}/release`, { lease: message?.lease })).toBe('conflict')
  })

  test('of those that were taken together only the one that is given back goes on', async () => {
    const [ann, bob] = await pair()
    for (const body of [1, 2]) await ann.send(bob, body)
    const [first] = await bob.take()
    await bob.ok('POST', `/inbox/${first?.id}/release`, { lease: first?.lease })
    expect(bodies(await bob.take())).toEqual([1])
  })

  test('sent twice under one messageId are there once; something else under it is refused', async () => {
    const [ann, bob] = await pair()
    const sending = { to: bob.name, body: { n: 1 }, messageId: 'one' }
    const sent = await Promise.all(Array.from({ length: 8 }, () => ann.ok('POST', '/messages', sending)))
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
    expect(sent.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await ann.refused('POST', '/messages', { ...sending, body: { n: 2 } })).toBe('idempotency_conflict')
    const [message, ...more] = await bob.take()
    expect(more).toEqual([])
    await bob.ack(message)
    expect(await ann.ok('POST', '/messages', sending)).toMatchObject({ id: message?.id, repeated: true })
    expect(await bob.take()).toEqual([])
    const carl = await newAgent('carl')
    expect(await carl.ok('POST', '/messages', sending)).toMatchObject({ repeated: false })
    const dora = await newAgent('dora')
    for (const body of ['short', 'long'.repeat(1_000)]) {
      const twice = { to: dora.name, body, messageId: body.slice(0, 10) }
      const both = await Promise.all([twice, twice].map(each => sendMessage(claw.app, boxOf(ann), each)))
      expect(both.map(one => one instanceof Fault || one.repeated).toSorted()).toEqual([false, true])
      expect(await dora.take()).toMatchObject([{ body }])
    }
  })

  test('of one thread come one after the other, whichever device asks and whatever their priority', async () => {
    const [ann, bob] = await pair()
    for (const n of [1, 2, 3]) await ann.send(bob, n, { thread: 't', priority: n === 3 ? 'urgent' : 'normal' })
    await ann.send(bob, 'other', { thread: 'u' })
    const first = await bob.at('tower').take()
    expect(bodies(first)).toEqual([1, 'other'])
    const next = bob.at('phone').take(1, 60)
    await waits(bob)
    await bob.ack(first[0])
    const second = await next
    expect(bodies(second)).toEqual([2])
    await bob.ack(second[0])
    expect(bodies(await bob.at('tower').take())).toEqual([3])
    expect(bodies((await ann.ok('GET', '/threads/t')).items as Got[])).toEqual([1, 2, 3])
    const rest = await ann.ok('GET', `/threads/t?limit=1&after=${first[0]?.cursor}`)
    expect(bodies(rest.items as Got[])).toEqual([2])
    const carl = await newAgent('carl')
    expect((await carl.ok('GET', '/threads/t')).items).toEqual([])
  })

  test('go by priority, and the low ones in the end before newer urgent ones', async () => {
    const [ann, bob] = await pair()
    for (const priority of ['low', 'normal', 'urgent', 'high'] as const) await ann.send(bob, priority, { priority })
    expect(bodies(await bob.take(3))).toEqual(['urgent', 'high', 'normal'])
    claw.clock.move(91_000)
    await ann.send(bob, 'new', { priority: 'urgent' })
    expect(bodies(await bob.take(10)).at(-1)).toBe('new')
  })

  test('for one device go to no other', async () => {
    const [ann, bob] = await pair()
    await ann.ok('POST', '/messages', { to: `${bob.name}/phone`, body: 1 })
    expect(await bob.at('tower').take()).toEqual([])
    expect(bodies(await bob.at('phone').take())).toEqual([1])
  })

  test('wake who waits for them, and a wait that is over comes back empty', async () => {
    const [ann, bob] = await pair()
    const waiting = bob.take(10, 60)
    await ann.send(bob, 'now')
    expect(bodies(await waiting)).toEqual(['now'])
    const idle = ann.take(10, 30)
    const over = setInterval(() => claw.clock.move(5_000), 20)
    expect(await idle).toEqual([])
    clearInterval(over)
  })

  test('go on to the next where nobody is there any more to take them, and do not count as handed out', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, 1)
    let looks = 0
    const claim = { limit: 1, leaseMs: 60_000, waitMs: 0, gone: () => ++looks > 1 }
    expect(await awaitMessages(claw.app, boxOf(bob), claim)).toEqual([])
    expect(await bob.take()).toMatchObject([{ deliveries: 1 }])
  })

  test('can be read again from a cursor, also once they are acknowledged', async () => {
    const [ann, bob] = await pair()
    for (const n of [1, 2, 3]) await ann.send(bob, n)
    for (const message of await bob.take()) await bob.ack(message)
    const all = (await bob.ok('GET', '/messages')).items as Got[]
    expect(bodies(all)).toEqual([1, 2, 3])
    expect(bodies((await bob.ok('GET', `/messages?after=${all[0]?.cursor}`)).items as Got[])).toEqual([2, 3])
    expect((await ann.ok('GET', '/messages')).items).toEqual([])
  })

  test('of up to 1 MiB arrive whole, and larger ones are refused', async () => {
    const [ann, bob] = await pair()
    const text = 'ä'.repeat(500_000)
    await ann.send(bob, { text })
    expect(bodies(await bob.take())).toEqual([{ text }])
    expect(await ann.refused('POST', '/messages', { to: bob.name, body: 'x'.repeat(1024 * 1024) })).toBe(
      'payload_too_large',
    )
  })

  test('are sealed where they are stored', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, 'planted-secret-5531')
    await ann.send(bob, `planted-secret-5531 ${'x'.repeat(5000)}`)
    const rows = [
      ...(await claw.app.db.read.selectFrom('relay_messages').selectAll().execute()),
      ...(await claw.app.db.read.selectFrom('relay_contents').selectAll().execute()),
    ]
    expect(JSON.stringify(rows)).not.toContain('planted-secret-5531')
    expect(claw.logged()).not.toContain('planted-secret-5531')
  })

  test('to a mailbox that nobody reads are refused once it is full, and accepted again once it is read', async () => {
    const [ann, bob] = await pair()
    for (let n = 0; n < 50; n++) await ann.send(bob, n)
    const full = await ann.ask('POST', '/messages', { to: bob.name, body: 'one more' })
    expect(full).toMatchObject({
      status: 429,
      body: { code: 'quota_exceeded', detail: expect.stringContaining(bob.name) },
    })
    expect(await ann.refused('POST', '/tasks', { to: bob.name, task: 'one more' })).toBe('quota_exceeded')
    const [message] = await bob.take(1)
    await bob.ack(message)
    await ann.send(bob, 'now there is room')
  })

  test('that are never acknowledged become dead letters, seen by their receiver, and hold up nothing', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, 'bad', { thread: 'd' })
    await ann.send(bob, 'good', { thread: 'd' })
    let taken: Got[] = []
    for (let i = 0; i < 3; i++) {
      taken = await bob.take()
      expect(bodies(taken)).toEqual(['bad'])
      claw.clock.move(60_001)
    }
    expect(bodies(await bob.take())).toEqual(['good'])
    const [{ id, lease } = { id: '', lease: '' }] = taken
    expect(await bob.refused('POST', `/inbox/${id}/ack`, { lease })).toBe('conflict')
    const { items } = await bob.ok('GET', '/dead-letters')
    expect(items).toMatchObject([{ body: 'bad', to: { id: bob.id }, problem: expect.stringContaining('3 times') }])
    expect((await ann.ok('GET', '/dead-letters')).items).toEqual([])
    const [letter] = items as Got[]
    expect(await bob.refused('POST', `/dead-letters/${letter?.id}/requeue`)).toBe('forbidden')
  })

  test('that were given back unseen, while others took them for handed out too often, are handed out again', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, 'patience')
    const taken = async () => {
      claw.clock.move(61_000)
      return (await bob.take())[0]
    }
    await taken()
    await taken()
    const last = await taken()
    if (!last) throw new Error('it was handed out thrice')
    claw.clock.move(61_000)
    const seq = Number(last.cursor)
    const seen = { seq, lane: 2, bytes: 0, created_at: 0, expires_at: Number.MAX_SAFE_INTEGER, deliveries: 3 }
    const end = () => endUndelivered(claw.app, bob.id, { over: [seen], now: claw.app.relay.now() })
    await releaseMessages(claw.app, boxOf(bob), [last], { unseen: true })
    await end()
    const [again] = await bob.take()
    expect(again).toMatchObject({ id: last.id, deliveries: 3 })
    // Nor is it over while somebody has it, or once it is done.
    await end()
    await bob.ack(again)
    claw.clock.move(61_000)
    await end()
    expect((await bob.ok('GET', '/dead-letters')).items).toEqual([])
  })

  test('that are given back too often tell why as their receiver said it, which is sealed until then', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.send(bob, 'bad')
    for (const problem of ['I am tired', '', 'no key for "vault"']) {
      const [message] = await bob.take()
      await bob.ok('POST', `/inbox/${id}/release`, { lease: message?.lease, ...(problem && { problem }) })
    }
    expect(await bob.take()).toEqual([])
    const rows = await claw.app.db.read.selectFrom('relay_messages').selectAll().where('id', '=', id).execute()
    expect(JSON.stringify(rows)).not.toContain('vault')
    const said = 'It was handed out 3 times and never acknowledged. no key for "vault"'
    expect(await bob.ok('GET', '/dead-letters')).toMatchObject({ items: [{ id, problem: said }] })
  })

  test('that nobody receives in time expire', async () => {
    const [ann, bob] = await pair()
    await ann.send(bob, 'soon', { expiresInSeconds: 10 })
    await ann.send(bob, 'later')
    const { id } = await ann.send(ann, 'to nobody', { expiresInSeconds: 10 })
    claw.clock.move(10_001)
    expect(bodies(await bob.take())).toEqual(['later'])
    // Also where nobody looks.
    await sweepRelay(claw.app)
    const rows = await claw.app.db.read.selectFrom('relay_messages').select('state').where('id', '=', id).execute()
    expect(rows).toEqual([{ state: 'expired' }])
  })
})

test('an agent waits at a hundred places at most, and can always ask without waiting', async () => {
  const [ann, bob] = await pair()
  const waiting = Array.from({ length: 100 }, () => bob.ask('POST', '/inbox', { waitSeconds: 60 }))
  await waits(bob, 100)
  expect(await bob.refused('POST', '/inbox', { waitSeconds: 60 })).toBe('rate_limited')
  const stream = await fetch(`${claw.url}/api/v1/relay/stream`, {
    headers: { authorization: `Bearer ${bob.key}`, accept: 'text/event-stream' },
  })
  expect(stream.status).toBe(429)
  await stream.body?.cancel()
  expect(await bob.take()).toEqual([])
  expect(await ann.ok('POST', '/inbox', { waitSeconds: 0 })).toEqual({ items: [] })
  claw.clock.move(61_000)
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 200))
  expect(claw.app.wakes.listenerCount(`mailbox ${bob.id}`)).toBe(0)
})

describe('bad input', () => {
  test('an agent that is not there is named as such, with those that are; names of prototypes are names like others', async () => {
    const ann = await newAgent('ann')
    await ann.ok('PUT', '/agents/me', {})
    for (const to of [
      'nobody',
      '__proto__',
      'constructor',
      'toString',
      'agt_00000000000000000000000000000000',
      'a/b',
      '/',
    ]) {
      const { status, body } = await ann.ask('POST', '/messages', { to, body: 1 })
      expect({ to, status, code: body.code }).toEqual({ to, status: 404, code: 'not_found' })
    }
    const proto = await relayAgent(claw, '__proto__')
    await proto.ok('PUT', '/agents/me', { capabilities: ['__proto__', 'constructor'] })
    await ann.send(proto, 'hi', { thread: '__proto__', messageId: 'constructor' })
    expect(bodies(await proto.take())).toEqual(['hi'])
    const { items } = await ann.ok('GET', '/agents?capability=__proto__')
    expect(items).toMatchObject([{ name: '__proto__' }])
  })

  test('a message that nobody has cannot be acknowledged, extended or given back', async () => {
    const [ann, bob] = await pair()
    const { id } = await ann.send(bob, 1)
    for (const change of [ackMessages, releaseMessages])
      expect(await change(claw.app, boxOf(bob), [{ id, lease: '' }])).toMatchObject([{ code: 'conflict' }])
    for (const step of ['ack', 'extend', 'release'])
      expect(await bob.refused('POST', `/inbox/${id}/${step}`, { lease: 'lease_made_up' })).toBe('conflict')
    const [message] = await bob.take()
    for (const step of ['ack', 'extend', 'release'])
      expect(await ann.refused('POST', `/inbox/${id}/${step}`, { lease: message?.lease })).toBe('not_found')
    expect(await bob.refused('POST', `/inbox/${id}/ack`, { lease: '' })).toBe('validation_error')
    await bob.ack(message)
    for (const step of ['extend', 'release'])
      expect(await bob.refused('POST', `/inbox/${id}/${step}`, { lease: message?.lease })).toBe('conflict')
    expect(await bob.refused('POST', `/inbox/${id}/ack`, { lease: 'lease_made_up' })).toBe('conflict')
  })

  test('workspaces know nothing of each other', async () => {
    const ann = await newAgent('ann')
    const { key } = await otherWorkspace(claw)
    const stranger = await relayAgent(claw, 'stranger', key)
    await stranger.ok('PUT', '/agents/me', {})
    expect(await ann.refused('POST', '/messages', { to: stranger.id, body: 1 })).toBe('not_found')
    expect(await stranger.refused('POST', '/messages', { to: ann.name, body: 1 })).toBe('not_found')
    expect(((await stranger.ok('GET', '/agents')).items as unknown[]).length).toBe(1)
    const task = await ann.ok('POST', '/tasks', { to: ann.name, task: 'mine' })
    expect(await stranger.refused('GET', `/tasks/${task.id}`)).toBe('not_found')
    expect(await stranger.refused('POST', `/tasks/${task.id}/accept`, {})).toBe('not_found')
  })

  test('a key whose scope says so has no part in the relay', async () => {
    const key = await claw.newKey({ agent: `quiet-${++count}`, scope: { relay: false } })
    for (const [method, path] of [
      ['GET', '/relay/agents'],
      ['POST', '/relay/inbox'],
    ] as const)
      expect((await claw.rest(method, path, { key, ...(method === 'POST' && { body: {} }) })).status).toBe(403)
  })
})
