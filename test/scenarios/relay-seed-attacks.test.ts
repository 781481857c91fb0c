/** What the routes of the stock client refuse: other agents' names, other keys, paths that lead out, frames that are none. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { client, registered, started } from '../kit/seed-client.ts'
import { openSocket, refusalOf } from '../kit/web-socket.ts'

const anyText = expect.any(String)

test.each(['../etc/passwd', '/etc/passwd', 'a/../../b', '..', 'a\\b', '%2e%2e/x', 'nul', 'a\u0000b'])(
  'the key %j leads out of nothing: it is refused',
  async key => {
    await using claw = await started()
    const ann = await registered(claw, 'ann')
    const told = await ann.post('/files', { file_key: key, content: 'x', agent_id: ann.id })
    expect(told).toMatchObject({ status: 400, body: { code: 'validation_error' } })
    const read = await ann.get(`/files/${encodeURIComponent(key)}`)
    expect(read.body).not.toHaveProperty('content')
    expect((await ann.get('/files')).body.count).toBe(0)
  },
)

const routes: [string, string, unknown?][] = [
  ['POST', '/register', {}],
  ['GET', '/discover'],
  ['POST', '/heartbeat', { agent_id: 'x' }],
  ['POST', '/delegate', { from_agent: 'x', to_agent: 'y', task: 't' }],
  ['POST', '/broadcast', { from_agent: 'x', content: 'c' }],
  ['POST', '/respond', { from_agent: 'x', to_agent: 'y' }],
  ['GET', '/poll/x'],
  ['POST', '/files', { file_key: 'k', content: 'c', agent_id: 'x' }],
  ['GET', '/files'],
  ['GET', '/files/k'],
]

test.each(routes)(
  '%s %s without a token, with a wrong one, or with one in the URL is refused',
  async (method, path, body) => {
    await using claw = await started()
    const refusal = { status: 401, body: { error: 'Unauthorized. Provide Authorization: Bearer <token>' } }
    for (const [key, at] of [
      [undefined, path],
      ['wrong', path],
      [undefined, `${path}${path.includes('?') ? '&' : '?'}token=${claw.key}`],
    ] as const) {
      const as = client(claw, key)
      expect(await (method === 'POST' ? as.post(at, body) : as.get(at))).toEqual(refusal)
    }
  },
)

test('nobody speaks, polls, registers or connects as another agent', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  await ann.post('/delegate', { from_agent: ann.id, to_agent: bob.id, task: 'for bob' })
  const forbidden = { status: 403, body: { code: 'forbidden' } }
  const mal = await registered(claw, 'mal')
  expect(await mal.get(`/poll/${bob.id}`)).toMatchObject(forbidden)
  expect(await mal.post('/heartbeat', { agent_id: bob.id })).toMatchObject(forbidden)
  expect(await mal.post('/register', { agent_id: bob.id })).toMatchObject(forbidden)
  expect(await mal.post('/register', { agent_id: 'bob' })).toMatchObject(forbidden)
  expect(await mal.post('/delegate', { from_agent: bob.id, to_agent: ann.id, task: 't' })).toMatchObject(forbidden)
  expect(await mal.post('/broadcast', { from_agent: bob.id, content: 'c' })).toMatchObject(forbidden)
  expect(await mal.post('/respond', { from_agent: bob.id, to_agent: ann.id })).toMatchObject(forbidden)
  expect(await refusalOf(openSocket(claw.url, `/ws/${bob.id}`, { key: mal.key }))).toBe(403)
  expect((await bob.get(`/poll/${bob.id}`)).body.messages).toMatchObject([{ task: 'for bob', from_agent: ann.id }])
})

test('a device that is called like another agent’s does not make its words look like that agent’s', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const mal = await claw.newKey({ agent: 'mal' })
  const headers = { 'x-clawlink-device': ann.id }
  claw.clock.move(1_000)
  await claw.rest('PUT', '/relay/agents/me', { key: mal, headers, body: {} })
  await claw.rest('POST', '/relay/messages', { key: mal, headers, body: { to: 'bob', body: 'I am ann' } })
  const { body } = await bob.get(`/poll/${bob.id}`)
  const [{ from_agent }] = body.messages as [{ from_agent: string }]
  expect(from_agent).toMatch(/^agt_/)
  await bob.post('/delegate', { from_agent: bob.id, to_agent: ann.id, task: 'for ann' })
  expect((await ann.get(`/poll/${ann.id}`)).body).toMatchObject({ messages: [{ task: 'for ann' }] })
})

test('a message to nobody is refused instead of waiting for ever', async () => {
  await using claw = await started()
  const ann = await registered(claw, 'ann')
  const told = await ann.post('/delegate', { from_agent: ann.id, to_agent: 'ffffffff', task: 't' })
  expect(told).toMatchObject({ status: 404, body: { error: anyText, code: 'not_found' } })
})

test('an upload of 2 GB is refused when it is announced, and cut off when it only streams', async () => {
  await using claw = await started()
  const ann = await registered(claw, 'ann')
  const headers = { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' }
  const announced = await claw.http({
    method: 'POST',
    path: '/files',
    headers: { ...headers, 'content-length': String(2 * 1024 ** 3) },
    body: '{"file_key":"k","content":"',
  })
  expect(announced.status).toBe(413)
  expect(JSON.parse(announced.text)).toMatchObject({ error: anyText, code: 'payload_too_large' })
  const { hostname, port } = new URL(claw.url)
  const sending = request({ hostname, port, method: 'POST', path: '/files', headers })
  const answer = new Promise<number>((resolve, reject) => {
    sending.once('response', ({ statusCode = 0 }) => resolve(statusCode))
    sending.once('error', reject)
  })
  let sent = 0
  const piece = Buffer.alloc(256 * 1024, 'x')
  const more = () => {
    sent += piece.length
    if (sent < 2 * 1024 ** 3 && !sending.destroyed) sending.write(piece, more)
  }
  more()
  expect(await answer).toBe(413)
  sending.destroy()
  expect(sent).toBeLessThan(64 * 1024 ** 2)
  expect((await ann.get('/files')).body.count).toBe(0)
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  '%s is an agent id like any other',
  async name => {
    await using claw = await started()
    const ann = await registered(claw, 'ann')
    const key = await claw.newKey({ agent: 'odd' })
    const odd = client(claw, key, name)
    expect((await odd.post('/register', `{"agent_id":${JSON.stringify(name)},"name":"odd"}`)).status).toBe(200)
    expect((await ann.post('/delegate', { from_agent: ann.id, to_agent: name, task: 't' })).status).toBe(200)
    await using ws = await openSocket(claw.url, `/ws/${name}`, { key })
    expect(await ws.next()).toMatchObject({ to_agent: name, task: 't' })
    expect((await ann.get(`/poll/${ann.id}`)).body.count).toBe(0)
  },
)

test.each<[string, string, unknown]>([
  ['no JSON', '/delegate', '{"task":'],
  ['no object', '/delegate', '[]'],
  ['missing fields', '/delegate', { from_agent: 'a' }],
  ['an empty task', '/delegate', { from_agent: 'a', to_agent: 'b', task: '' }],
  ['a context that is no object', '/delegate', { from_agent: 'a', to_agent: 'b', task: 't', context: 7 }],
  ['an agent id that is no text', '/register', { agent_id: { $ne: '' } }],
  ['an agent id with a slash', '/register', { agent_id: '../etc' }],
  ['an agent id with line breaks', '/register', { agent_id: 'a\r\nx: y' }],
  ['no content', '/broadcast', { from_agent: 'a' }],
])('%s is told so', async (_, path, body) => {
  await using claw = await started()
  const told = await client(claw, claw.key).post(path, body)
  expect(told).toMatchObject({ status: 400, body: { error: anyText, code: 'validation_error' } })
})

test('frames that are not JSON or not known are told so, and the connection goes on', async () => {
  await using claw = await started()
  const ann = await registered(claw, 'ann')
  await using ws = await openSocket(claw.url, `/ws/${ann.id}`, { key: ann.key })
  for (const frame of ['{', '7', '{"type":"dance"}', '{"type":"delegate","to_agent":"nobody","task":"t"}']) {
    ws.say(frame)
    expect(await ws.next()).toMatchObject({ error: anyText })
  }
})
