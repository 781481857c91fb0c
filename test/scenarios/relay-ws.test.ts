import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { openSocket, refusalOf, type TestSocket } from '../kit/web-socket.ts'

type Pushed = {
  type: string
  message: { id: string; lease: string; cursor: string; body: unknown; deliveries: number }
}

const started = () => startClawLink({ config: { roles: ['web'] }, connected: false })

/** A key of an agent that is called so. */
async function agent(claw: TestClawLink, name: string): Promise<string> {
  return claw.newKey({ agent: name })
}

async function hello(claw: TestClawLink, key: string, more: Record<string, unknown> = {}): Promise<TestSocket> {
  const ws = await openSocket(claw.url, '/ws', { key })
  ws.say({ type: 'hello', ...more })
  expect(await ws.next()).toMatchObject({ type: 'welcome' })
  return ws
}

const send = async (claw: TestClawLink, key: string, to: string, body: unknown) => {
  const answer = await claw.rest('POST', '/relay/messages', { key, body: { to, body } })
  expect(answer.status).toBe(201)
  return String(answer.body.id)
}

const pushed = async (ws: TestSocket) => (await ws.next()) as Pushed

test('a message is pushed with a lease, and does not come again once it is acknowledged', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using ws = await hello(claw, bob)
  const id = await send(claw, alice, 'bob', { n: 1 })
  const { type, message } = await pushed(ws)
  expect({ type, id: message.id, body: message.body }).toEqual({ type: 'message', id, body: { n: 1 } })
  ws.say({ type: 'ack', ref: '1', id, lease: message.lease })
  expect(await ws.next()).toEqual({ type: 'ok', ref: '1', result: { id } })
  await ws.end()
  const inbox = await claw.rest('POST', '/relay/inbox', { key: bob, body: {} })
  expect(inbox.body.items).toEqual([])
})

test('what is not acknowledged comes again on the next connection, and on one that waits when its lease is over', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  const first = await hello(claw, bob)
  const id = await send(claw, alice, 'bob', 'again')
  expect((await pushed(first)).message.id).toBe(id)
  await first.end()
  const second = await hello(claw, bob)
  const { message } = await pushed(second)
  expect([message.id, message.deliveries]).toEqual([id, 2])
  await second.end()
  await claw.rest('POST', '/relay/inbox', { key: bob, body: { leaseSeconds: 15, waitSeconds: 60 } })
  await using third = await hello(claw, bob)
  third.say({ type: 'heartbeat', ref: 'nothing yet' })
  expect(await third.next()).toMatchObject({ ref: 'nothing yet' })
  claw.clock.move(16_000)
  expect((await pushed(third)).message).toMatchObject({ id, deliveries: 4 })
})

test('what is sent to a reader that waits is stored as handed out to it, and is its own from the first', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using ws = await hello(claw, bob, { device: 'desk' })
  const rows = () => claw.app.db.read.selectFrom('relay_messages').selectAll().execute()
  // Until it has looked, it takes as whoever asks does.
  for (const body of ['first', 'second', 'third']) {
    await send(claw, alice, 'bob', body)
    const { message } = await pushed(ws)
    const row = (await rows()).at(-1)
    expect(row).toMatchObject({ deliveries: 1, holder: 'desk', lease: message.lease, seq: Number(message.cursor) })
    expect(message).toMatchObject({ body, deliveries: 1 })
    const taken = await claw.rest('POST', '/relay/inbox', { key: bob, body: {} })
    expect(taken.body.items).toEqual([])
  }
})

test('a reader that goes while messages are on their way to it keeps none: the next one gets them at once', async () => {
  await using claw = await started()
  const alice = await agent(claw, 'alice')
  for (let turns = 0; turns < 12; turns++) {
    const name = `bob-${turns}`
    const bob = await agent(claw, name)
    const first = await hello(claw, bob, { window: 100 })
    // It has looked by the time when something has come.
    const sent = [await send(claw, alice, name, 'before')]
    await pushed(first)
    const sending = Array.from({ length: 5 }, (_, n) => send(claw, alice, name, n))
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
    first.socket.terminate()
    sent.push(...(await Promise.all(sending)))
    await using next = await hello(claw, bob, { window: 100 })
    const got = []
    while (got.length < sent.length) got.push((await pushed(next)).message.id)
    expect(got.toSorted()).toEqual(sent.toSorted())
  }
})

test('no more than the window is pushed before it is acknowledged', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using ws = await hello(claw, bob, { window: 2 })
  for (let n = 0; n < 4; n++) await send(claw, alice, 'bob', n)
  const [one, two] = [await pushed(ws), await pushed(ws)]
  ws.say({ type: 'heartbeat', ref: 'still two' })
  expect(await ws.next()).toMatchObject({ ref: 'still two' })
  expect(ws.unread()).toEqual([])
  ws.say({ type: 'ack', id: one.message.id, lease: one.message.lease })
  ws.say({ type: 'ack', id: two.message.id, lease: two.message.lease })
  expect([(await pushed(ws)).message.body, (await pushed(ws)).message.body]).toEqual([2, 3])
})

test('from a cursor everything is read again, and then it goes on live', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using first = await hello(claw, bob)
  const cursors: string[] = []
  for (let n = 0; n < 30; n++) {
    await send(claw, alice, 'bob', n)
    const { message } = await pushed(first)
    cursors.push(message.cursor)
    first.say({ type: 'ack', id: message.id, lease: message.lease, ref: 'a' })
    await first.next()
  }
  await first.end()
  await using second = await hello(claw, bob, { cursor: cursors[3] })
  const replayed: unknown[] = []
  for (let n = 4; n < 30; n++) {
    const { type, message } = await pushed(second)
    expect([type, message.lease]).toEqual(['replay', null])
    replayed.push(message.body)
  }
  expect(replayed).toEqual(Array.from({ length: 26 }, (_, n) => n + 4))
  expect(await second.next()).toEqual({ type: 'replayed', cursor: cursors[29] })
  await send(claw, alice, 'bob', 'live')
  expect(await pushed(second)).toMatchObject({ type: 'message', message: { body: 'live' } })
})

test('of several devices each message goes to one, and one for a device only to that', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using desk = await hello(claw, bob, { device: 'desk', window: 1 })
  await using phone = await hello(claw, bob, { device: 'phone', window: 1 })
  await send(claw, alice, 'bob/phone', 'for the phone')
  expect((await pushed(phone)).message.body).toBe('for the phone')
  await send(claw, alice, 'bob', 'for any')
  expect((await pushed(desk)).message.body).toBe('for any')
  expect([desk.unread(), phone.unread()]).toEqual([[], []])
})

test('messages of one thread that are sent on one connection arrive in order', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using from = await hello(claw, alice)
  for (let n = 0; n < 100; n++) from.say({ type: 'send', ref: `${n}`, to: 'bob', body: n, thread: 't' })
  for (let n = 0; n < 100; n++) expect(await from.next()).toMatchObject({ type: 'ok', ref: `${n}` })
  await using to = await hello(claw, bob)
  for (let n = 0; n < 100; n++) {
    const { message } = await pushed(to)
    expect(message.body).toBe(n)
    to.say({ type: 'ack', id: message.id, lease: message.lease })
  }
})

test('a task is delegated, done and told of on connections alone', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using from = await hello(claw, alice)
  await using to = await hello(claw, bob)
  from.say({ type: 'delegate', ref: 'd', to: 'bob', task: 'count', context: { to: 3 } })
  const told = await from.next()
  expect(told).toMatchObject({ type: 'ok', ref: 'd', result: { task: { state: 'submitted' } } })
  const offer = (await pushed(to)).message
  expect(offer.body).toMatchObject({ task: 'count', context: { to: 3 } })
  const taskId = String(Reflect.get(offer, 'taskId'))
  to.say({ type: 'step', ref: 's', id: taskId, step: 'complete', result: [1, 2, 3] })
  expect(await to.next()).toMatchObject({ result: { task: { state: 'completed' } } })
  expect((await pushed(from)).message.body).toMatchObject({ state: 'completed', result: [1, 2, 3] })
})

test('a broadcast comes once to a connection that has subscribed', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using ws = await hello(claw, bob)
  ws.say({ type: 'subscribe', ref: 's', topic: 'news' })
  expect(await ws.next()).toMatchObject({ type: 'ok', result: { topic: 'news' } })
  const told = await claw.rest('POST', '/relay/broadcasts', { key: alice, body: { topic: 'news', content: 'hi' } })
  expect(told.status).toBe(201)
  expect((await pushed(ws)).message.body).toMatchObject({ topic: 'news', content: 'hi' })
  ws.say({ type: 'heartbeat', ref: 'h' })
  expect(await ws.next()).toMatchObject({ ref: 'h' })
})

test('a lease is extended for as long as the connection is there, and by as much as is asked for', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  await using ws = await hello(claw, bob, { leaseSeconds: 15 })
  const id = await send(claw, alice, 'bob', 'mine')
  const { message } = await pushed(ws)
  const stay = async () => {
    for (let n = 0; n < 12; n++) {
      claw.clock.move(5_000)
      ws.say({ type: 'heartbeat', ref: 'h' })
      await ws.next()
    }
  }
  await stay()
  const other = await claw.rest('POST', '/relay/inbox', { key: bob, body: {} })
  expect(other.body.items).toEqual([])
  ws.say({ type: 'extend', ref: 'e', id, lease: message.lease, leaseSeconds: 3600 })
  const { result } = (await ws.next()) as { result: { leaseUntil: string } }
  await stay()
  // As long as was promised, however long it would be kept by itself.
  const row = await claw.app.db.read.selectFrom('relay_messages').select('lease_until').executeTakeFirstOrThrow()
  expect(row.lease_until).toBe(Date.parse(result.leaseUntil))
  ws.say({ type: 'ack', ref: 'a', id, lease: message.lease })
  expect(await ws.next()).toMatchObject({ type: 'ok', ref: 'a' })
})

test('a stop closes connections with 1001 and gives back what they had', async () => {
  const claw = await started()
  try {
    const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
    const ws = await hello(claw, bob)
    await send(claw, alice, 'bob', 'kept')
    await pushed(ws)
    const db = await claw.otherProcess()
    await claw.stopServing()
    expect(await ws.closed).toBe(1001)
    const rows = await db.read.selectFrom('relay_messages').select(['state', 'lease']).execute()
    expect(rows).toEqual([{ state: 'waiting', lease: '' }])
  } finally {
    await claw.stop()
  }
})

test('who is quiet and answers no ping is gone, and a pong is a sign of life', async () => {
  await using claw = await started()
  const bob = await agent(claw, 'bob')
  await using alive = await hello(claw, bob, { device: 'alive' })
  const dead = await openSocket(claw.url, '/ws', { key: bob, autoPong: false })
  dead.say({ type: 'hello', device: 'dead' })
  await dead.next()
  for (let n = 0; n < 4; n++) {
    const pinged = new Promise(resolve => alive.socket.once('ping', resolve))
    claw.clock.move(30_000)
    await pinged
    alive.say({ type: 'heartbeat', ref: 'h' })
    await alive.next()
  }
  expect(await dead.closed).toBe(1006)
  expect(alive.socket.readyState).toBe(alive.socket.OPEN)
})

test.each<[string, string | Buffer]>([
  ['no JSON', '{"type":'],
  ['a number', '7'],
  ['null', 'null'],
  ['an unknown type', '{"type":"dance","ref":"r"}'],
  ['a prototype name as its type', '{"type":"__proto__","ref":"r"}'],
  ['too deep JSON', `${'['.repeat(100)}${']'.repeat(100)}`],
  ['an unknown member', '{"type":"heartbeat","ref":"r","more":1}'],
])('a frame that is %s is told so, and the connection goes on', async (_, frame) => {
  await using claw = await started()
  await using ws = await hello(claw, claw.key)
  ws.socket.send(frame)
  expect(await ws.next()).toMatchObject({ type: 'fault', problem: { code: 'validation_error' } })
  ws.say({ type: 'heartbeat', ref: 'on' })
  expect(await ws.next()).toMatchObject({ type: 'ok', ref: 'on' })
})

test('binary frames, frames that are no UTF-8, and too large ones end the connection with the code that says why', async () => {
  await using claw = await started()
  const binary = await hello(claw, claw.key)
  binary.socket.send(Buffer.from('{}'), { binary: true })
  expect(await binary.closed).toBe(1003)
  const broken = await hello(claw, claw.key)
  broken.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })
  expect(await broken.closed).toBe(1007)
  const large = await hello(claw, claw.key)
  large.socket.send('x'.repeat(3 * 1024 * 1024))
  expect(await large.closed).toBe(1009)
})

test('a frame that is announced with 2 GB, or goes on for ever, ends the connection before it is there', async () => {
  await using claw = await started()
  const { hostname, port } = new URL(claw.url)
  const announced = connect(Number(port), hostname)
  announced.write(
    [
      'GET /ws HTTP/1.1',
      `host: ${hostname}:${port}`,
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`,
      `authorization: Bearer ${claw.key}`,
      '\r\n',
    ].join('\r\n'),
  )
  await once(announced, 'data')
  const frame = Buffer.alloc(14)
  frame.writeUInt8(0x81, 0)
  frame.writeUInt8(0xff, 1)
  frame.writeBigUInt64BE(2n * 1024n ** 3n, 2)
  announced.write(frame)
  const [closing] = await once(announced, 'data')
  expect(closing.readUInt16BE(2)).toBe(1009)
  announced.destroy()

  const endless = await hello(claw, claw.key)
  const piece = 'x'.repeat(64 * 1024)
  let sent = 0
  const more = () => {
    sent += piece.length
    if (endless.socket.readyState === endless.socket.OPEN) endless.socket.send(piece, { fin: false }, more)
  }
  more()
  expect(await endless.closed).toBe(1009)
  expect(sent).toBeLessThan(64 * 1024 ** 2)
})

test('a slow reader costs no memory: what it does not take stays where it is', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  const large = 'x'.repeat(500_000)
  for (let n = 0; n < 60; n++) await send(claw, alice, 'bob', `${n} ${large}`)
  await using ws = await openSocket(claw.url, '/ws', { key: bob })
  ws.say({ type: 'hello', window: 100 })
  await ws.next()
  ws.socket.pause()
  const held = async () => {
    const rows = await claw.app.db.read.selectFrom('relay_messages').select('id').where('lease', '!=', '').execute()
    return rows.length
  }
  // It takes some at once, fills the buffers, and stops.
  await expect.poll(held).toBeGreaterThan(0)
  expect(await held()).toBeLessThan(45)
  ws.socket.resume()
  for (let n = 0; n < 60; n++) expect(String((await pushed(ws)).message.body)).toMatch(new RegExp(`^${n} `))
})

test('who asks and does not read the answers is not read from', async () => {
  await using claw = await started()
  const ws = await hello(claw, claw.key)
  ws.socket.pause()
  const ref = 'r'.repeat(100)
  for (let n = 0; n < 200_000 && ws.socket.bufferedAmount < 8 * 1024 ** 2; n++) ws.say({ type: 'heartbeat', ref })
  expect(ws.socket.bufferedAmount).toBeGreaterThan(1024 ** 2)
  ws.socket.resume()
  expect(await ws.next()).toMatchObject({ type: 'ok', ref })
  ws.socket.terminate()
  await ws.closed
})

test('the event stream gives a mailbox from a cursor on, and then as it fills', async () => {
  await using claw = await started()
  const [alice, bob] = [await agent(claw, 'alice'), await agent(claw, 'bob')]
  for (let n = 0; n < 25; n++) await send(claw, alice, 'bob', n)
  const read = await claw.rest('GET', '/relay/messages?limit=5', { key: bob })
  const { cursor } = read.body as { cursor: string }
  for (const [path, headers] of [
    [`/relay/stream?after=${cursor}`, {}],
    ['/relay/stream', { 'last-event-id': cursor }],
  ] as const) {
    const gone = new AbortController()
    const answer = await fetch(`${claw.url}/api/v1${path}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${bob}`, ...headers },
      signal: gone.signal,
    })
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = eventsOf(answer)
    const bodies: unknown[] = []
    for (let n = 5; n < 25; n++) bodies.push((await events.next()).value?.message.body)
    expect(bodies).toEqual(Array.from({ length: 20 }, (_, n) => n + 5))
    const id = await send(claw, alice, 'bob/x', 'for another device')
    const live = await send(claw, alice, 'bob', 'live')
    const { value } = await events.next()
    expect(value?.id).toBe(value?.message.cursor)
    expect(value?.message).toMatchObject({ id: live, lease: null })
    expect(value?.message.id).not.toBe(id)
    gone.abort()
    await claw.app.db.write(tx => tx.deleteFrom('relay_messages').where('id', 'in', [id, live]).execute())
  }
})

test('nothing but hello comes first, and it comes within ten seconds', async () => {
  await using claw = await started()
  const silent = await openSocket(claw.url, '/ws', { key: claw.key })
  silent.say({ type: 'hello', ref: '1', device: 'a\tb' })
  expect(await silent.next()).toMatchObject({ type: 'fault', ref: '1', problem: { code: 'validation_error' } })
  claw.clock.move(5_000)
  silent.socket.ping()
  await once(silent.socket, 'pong')
  claw.clock.move(5_000)
  expect(await silent.closed).toBe(1008)
  const ws = await openSocket(claw.url, '/ws', { key: claw.key })
  ws.say({ type: 'heartbeat' })
  expect(await ws.next()).toMatchObject({ type: 'fault' })
  expect(await ws.closed).toBe(1008)
})

test('without a key, with a wrong one, from a foreign page or host, there is no connection', async () => {
  await using claw = await started()
  const none = { key: 'cllk_live_nothing' }
  expect(await refusalOf(openSocket(claw.url, '/ws'))).toBe(401)
  expect(await refusalOf(openSocket(claw.url, '/ws', none))).toBe(401)
  expect(await refusalOf(openSocket(claw.url, `/ws?token=${claw.key}`))).toBe(401)
  const foreign = { key: claw.key, headers: { origin: 'https://evil.example' } }
  expect(await refusalOf(openSocket(claw.url, '/ws', foreign))).toBe(403)
  const rebound = { key: claw.key, headers: { host: 'evil.example' } }
  expect(await refusalOf(openSocket(claw.url, '/ws', rebound))).toBe(403)
  const scoped = { key: await claw.newKey({ agent: 'scoped', scope: { relay: false } }) }
  expect(await refusalOf(openSocket(claw.url, '/ws', scoped))).toBe(403)
})

test('a connection ends with its key', async () => {
  await using claw = await started()
  const bob = await agent(claw, 'bob')
  const ws = await hello(claw, bob)
  await claw.app.db.write(tx =>
    tx.updateTable('keys').set({ revoked_at: claw.clock.now() }).where('agent_id', '!=', '').execute(),
  )
  claw.clock.move(2_000)
  ws.say({ type: 'heartbeat' })
  expect(await ws.closed).toBe(1008)
})

type Event = { id: string; message: { id: string; cursor: string; body: unknown; lease: string | null } }

async function* eventsOf({ body }: Response): AsyncGenerator<Event> {
  if (!body) return
  let text = ''
  try {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      text += piece
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, id = '', data = ''] = /^id: (.*)\nevent: message\ndata: (.*)$/.exec(block) ?? []
        if (data) yield { id, message: JSON.parse(data) }
      }
    }
  } catch {
    // hung up by the test
  }
}
