import { request } from 'node:http'
import { expect, test } from 'vitest'
import { stopTopic } from '../../src/core/look-until.ts'
import { historyOf } from '../../src/relay/files/list-shared-files.ts'
import { client, registered, started } from '../kit/seed-client.ts'
import { openSocket } from '../kit/web-socket.ts'

const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const anyText = expect.any(String)

test('register answers with the agent, and makes up what the client leaves out', async () => {
  await using claw = await started()
  const asked = {
    agent_id: 'a1b2c3d4',
    name: 'Ann',
    capabilities: ['code', 'review'],
    machine: 'desk',
    description: 'x',
  }
  const told = await client(claw, claw.key).post('/register', asked)
  expect(told).toEqual({
    status: 200,
    body: {
      status: 'registered',
      agent: {
        ...asked,
        registered_at: iso,
        last_heartbeat: expect.any(Number),
        status: 'online',
      },
      server_time: iso,
    },
  })
  expect(Object.keys(told.body)).toEqual(['status', 'agent', 'server_time'])
  const { last_heartbeat } = told.body.agent as { last_heartbeat: number }
  expect(Math.abs(last_heartbeat - claw.app.relay.now() / 1000)).toBeLessThan(1)
  const bare = await client(claw, claw.key).post('/register', {})
  expect(bare.body.agent).toMatchObject({
    agent_id: expect.stringMatching(/^[0-9a-f]{8}$/),
    name: expect.stringMatching(/^agent-[0-9a-f]{4}$/),
    machine: '127.0.0.1',
    description: '',
  })
})

test('discover lists every agent, and those that have gone quiet as stale instead of not at all', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  claw.clock.move(121_000)
  expect(await bob.post('/heartbeat', { agent_id: bob.id })).toEqual({ status: 200, body: { status: 'ok' } })
  const { status, body } = await ann.get('/discover')
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(['agents', 'count', 'server_time'])
  expect(body.count).toBe(2)
  const agents = body.agents as { agent_id: string; status: string }[]
  const listed = agents.map(({ agent_id, status: state }) => [agent_id, state])
  expect(listed.sort()).toEqual([[ann.id, 'stale'] as const, [bob.id, 'online'] as const].sort())
})

test('heartbeat knows its agent, says so of one that is not registered, and needs an id', async () => {
  await using claw = await started()
  const ann = await registered(claw, 'ann')
  expect((await ann.post('/heartbeat', { agent_id: ann.id })).body).toEqual({ status: 'ok' })
  expect(await ann.post('/heartbeat', { agent_id: 'nobody' })).toEqual({
    status: 200,
    body: { status: 'unknown_agent' },
  })
  expect(await ann.post('/heartbeat', {})).toMatchObject({ status: 400, body: { error: anyText } })
})

test('a task is delegated, polled, answered, and the answer polled', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const given = await ann.post('/delegate', {
    from_agent: ann.id,
    to_agent: bob.id,
    task: 'review it',
    context: { pr: 7, constructor: 1 },
    priority: 'high',
  })
  expect(given).toEqual({ status: 200, body: { status: 'delegated', delivery: 'queued', message_id: anyText } })
  const { message_id } = given.body
  expect(await bob.get(`/poll/${bob.id}`)).toEqual({
    status: 200,
    body: {
      messages: [
        {
          type: 'task_delegation',
          message_id,
          from_agent: ann.id,
          to_agent: bob.id,
          task: 'review it',
          context: { pr: 7, constructor: 1 },
          priority: 'high',
          timestamp: iso,
          queued_at: iso,
        },
      ],
      count: 1,
    },
  })
  const response = { from_agent: bob.id, to_agent: ann.id, message_id, result: 'looks good', status: 'completed' }
  const answered = await bob.post('/respond', response)
  expect(answered).toEqual({ status: 200, body: { status: 'response_sent', delivery: 'queued' } })
  expect((await ann.get(`/poll/${ann.id}`)).body).toEqual({
    messages: [
      {
        type: 'task_response',
        message_id,
        response_id: anyText,
        from_agent: bob.id,
        to_agent: ann.id,
        result: 'looks good',
        status: 'completed',
        timestamp: iso,
        queued_at: iso,
      },
    ],
    count: 1,
  })
  expect((await bob.get(`/poll/${bob.id}`)).body).toEqual({ messages: [], count: 0 })
  expect((await ann.get(`/poll/${ann.id}`)).body).toEqual({ messages: [], count: 0 })
  const task = await claw.rest('GET', `/relay/tasks/${message_id}`, { key: ann.key })
  expect(task.body).toMatchObject({ state: 'completed' })
})

test.each([
  ['completed', { any: ['json', 1] }, 'completed'],
  ['failed', 'it broke', 'failed'],
  ['in_progress', 'half of it', 'in_progress'],
  ['in_progress', { half: true }, 'accepted'],
  ['rejected', 'not mine', 'rejected'],
  ['nearly there', 'soon', 'accepted'],
])('a response of status %s arrives word for word', async (status, result, state) => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const { body } = await ann.post('/delegate', { from_agent: ann.id, to_agent: bob.id, task: 't' })
  await bob.get(`/poll/${bob.id}`)
  const { message_id } = body
  await bob.post('/respond', { from_agent: bob.id, to_agent: ann.id, message_id, result, status })
  expect((await ann.get(`/poll/${ann.id}`)).body).toMatchObject({
    messages: [{ message_id, result, status }],
    count: 1,
  })
  expect((await claw.rest('GET', `/relay/tasks/${message_id}`, { key: ann.key })).body).toMatchObject({ state })
})

test('two clients that share a key delegate to each other, and each gets what is for it', async () => {
  await using claw = await started()
  const key = await claw.newKey({ agent: 'shared' })
  const one = client(claw, key, 'one')
  const two = client(claw, key, 'two')
  for (const { id, post } of [one, two]) expect((await post('/register', { agent_id: id })).status).toBe(200)
  const { body } = await one.post('/delegate', { from_agent: 'one', to_agent: 'two', task: 't' })
  const { message_id } = body
  expect((await one.get('/poll/one')).body.count).toBe(0)
  expect((await two.get('/poll/two')).body).toMatchObject({ messages: [{ message_id, from_agent: 'one' }], count: 1 })
  await two.post('/respond', { from_agent: 'two', to_agent: 'one', message_id, result: 'r' })
  expect((await two.get('/poll/two')).body.count).toBe(0)
  const response = {
    type: 'task_response',
    message_id,
    from_agent: 'two',
    to_agent: 'one',
    result: 'r',
    status: 'completed',
  }
  expect((await one.get('/poll/one')).body).toMatchObject({ messages: [response], count: 1 })
  const task = await claw.rest('GET', `/relay/tasks/${message_id}`, { key })
  expect(task.body).toMatchObject({ state: 'completed' })
  // A poll of one says nothing about what the other got.
  const carl = await registered(claw, 'carl')
  await carl.post('/broadcast', { from_agent: carl.id, content: 'hear' })
  expect((await one.get('/poll/one')).body.count).toBe(1)
  expect((await two.get('/poll/two')).body.count).toBe(0)
  claw.clock.move(10 * 60_000)
  expect((await two.get('/poll/two')).body.count).toBe(1)
})

test('a broadcast reaches every other agent once, polled or connected', async () => {
  await using claw = await started()
  const [ann, bob, cid] = [await registered(claw, 'ann'), await registered(claw, 'bob'), await registered(claw, 'cid')]
  await using ws = await openSocket(claw.url, `/ws/${cid.id}`, { key: cid.key })
  const said = { from_agent: ann.id, topic: 'findings', content: 'it is the cache', tags: ['perf'] }
  const told = await ann.post('/broadcast', said)
  expect(told).toEqual({ status: 200, body: { status: 'broadcast_sent', message_id: anyText, recipients: 2 } })
  const { message_id } = told.body
  const event = { type: 'knowledge_broadcast', message_id, ...said, timestamp: iso }
  expect((await bob.get(`/poll/${bob.id}`)).body).toEqual({ messages: [{ ...event, queued_at: iso }], count: 1 })
  expect(await ws.next()).toEqual(event)
  expect((await bob.get(`/poll/${bob.id}`)).body.count).toBe(0)
  expect((await ann.get(`/poll/${ann.id}`)).body.count).toBe(0)
  await ws.end()
  expect((await cid.get(`/poll/${cid.id}`)).body.count).toBe(0)
  const topic = await ann.post('/broadcast', { from_agent: ann.id, content: 'plain' })
  expect(topic.status).toBe(200)
  expect((await bob.get(`/poll/${bob.id}`)).body.messages).toMatchObject([{ topic: 'general', tags: [] }])
  // One that does not hear it itself.
  const key = await claw.newKey({ agent: 'deaf' })
  const { body: deaf } = await claw.rest('PUT', '/relay/agents/me', { key, body: {} })
  const heard = await client(claw, key).post('/broadcast', { from_agent: deaf.id, content: 'plain' })
  expect(heard.body.recipients).toBe(3)
})

test('info tells what the relay is; without a token the same address shows nothing of it', async () => {
  await using claw = await started()
  const ann = await registered(claw, 'ann')
  const { status, body } = await ann.get('/')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    service: 'ClawLink Relay',
    auth_required: true,
    agents_online: 1,
    total_broadcasts: 0,
    shared_files: 0,
  })
  expect(Object.keys(body)).toEqual([
    'service',
    'version',
    'auth_required',
    'agents_online',
    'total_broadcasts',
    'shared_files',
    'note',
    'endpoints',
    'server_time',
  ])
  const open = await claw.http({ method: 'GET', path: '/' })
  expect(open.text).not.toContain('agents_online')
})

test('what was polled and is not answered comes again; what cannot be answered is done with by the next poll', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  await ann.post('/delegate', { from_agent: ann.id, to_agent: bob.id, task: 'work' })
  await ann.post('/broadcast', { from_agent: ann.id, content: 'hear' })
  expect((await bob.get(`/poll/${bob.id}`)).body.count).toBe(2)
  expect((await bob.get(`/poll/${bob.id}`)).body.count).toBe(0)
  claw.clock.move(10 * 60_000)
  expect((await bob.get(`/poll/${bob.id}`)).body.messages).toMatchObject([{ type: 'task_delegation', task: 'work' }])
})

test('what waits for an agent outlives the process', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  await ann.post('/delegate', { from_agent: ann.id, to_agent: bob.id, task: 'kept' })
  const db = await claw.otherProcess()
  const rows = await db.read.selectFrom('relay_messages').select(['kind', 'state', 'to_device']).execute()
  expect(rows).toEqual([{ kind: 'task', state: 'waiting', to_device: bob.id }])
})

test('a poll may wait for what comes', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const polling = bob.get(`/poll/${bob.id}?wait=30`)
  await ann.post('/delegate', { from_agent: ann.id, to_agent: bob.id, task: 'now' })
  expect((await polling).body).toMatchObject({ messages: [{ task: 'now' }], count: 1 })
})

test('a client that hangs up while it polls takes nothing with it', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const { hostname, port } = new URL(claw.url)
  const waiting = () => claw.app.wakes.listenerCount(stopTopic)
  const before = waiting()
  const polling = request({
    hostname,
    port,
    path: `/poll/${bob.id}?wait=60`,
    headers: { authorization: `Bearer ${bob.key}` },
  })
  polling.on('error', () => undefined)
  polling.end()
  await expect.poll(waiting).toBe(before + 1)
  polling.destroy()
  await expect.poll(waiting).toBe(before)
  await ann.post('/delegate', { from_agent: ann.id, to_agent: bob.id, task: 'kept' })
  expect((await bob.get(`/poll/${bob.id}`)).body).toMatchObject({ messages: [{ task: 'kept' }], count: 1 })
})

test('on its WebSocket an agent gets what is for it, and says its frames', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  await using from = await openSocket(claw.url, `/ws/${ann.id}`, { key: ann.key })
  await using to = await openSocket(claw.url, `/ws/${bob.id}`, { key: bob.key })
  from.say({ type: 'heartbeat' })
  from.say({ type: 'delegate', from_agent: 'somebody else', to_agent: bob.id, task: 'ws task', context: { a: 1 } })
  const got = await to.next()
  expect(got).toEqual({
    type: 'task_delegation',
    message_id: anyText,
    from_agent: ann.id,
    to_agent: bob.id,
    task: 'ws task',
    context: { a: 1 },
    priority: 'normal',
    timestamp: iso,
  })
  const { message_id } = got
  const response = { from_agent: bob.id, to_agent: ann.id, message_id, result: 'done' }
  expect((await bob.post('/respond', response)).body).toEqual({ status: 'response_sent', delivery: 'websocket' })
  expect(await from.next()).toMatchObject({ type: 'task_response', message_id, result: 'done', status: 'completed' })
  from.say({ type: 'broadcast', topic: 'news', content: 'hello', tags: [] })
  expect(await to.next()).toMatchObject({ type: 'knowledge_broadcast', from_agent: ann.id, content: 'hello' })
  const cid = await registered(claw, 'cid')
  const joined = { type: 'agent_joined', agent: { agent_id: cid.id }, timestamp: iso }
  expect(await to.next()).toMatchObject(joined)
  expect(await from.next()).toMatchObject(joined)
})

test('what a client never confirmed on its WebSocket comes again', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const deaf = await openSocket(claw.url, `/ws/${bob.id}`, { key: bob.key, autoPong: false })
  await ann.post('/broadcast', { from_agent: ann.id, content: 'hear' })
  expect(await deaf.next()).toMatchObject({ content: 'hear' })
  await deaf.end()
  expect((await bob.get(`/poll/${bob.id}?wait=30`)).body).toMatchObject({ messages: [{ content: 'hear' }], count: 1 })
})

test('files are saved, read and listed, and every other agent hears of it', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const file = { file_key: 'notes.md', content: '# one', agent_id: ann.id, file_type: 'markdown' }
  expect(await ann.post('/files', file)).toEqual({ status: 200, body: { status: 'saved', version: 1 } })
  const facts = { file_type: 'markdown', last_editor: ann.id, version: 1, updated_at: iso }
  const got = await bob.get('/files/notes.md')
  expect(got).toEqual({ status: 200, body: { file_key: 'notes.md', content: '# one', ...facts } })
  expect(await bob.get('/files')).toEqual({
    status: 200,
    body: { files: [{ file_key: 'notes.md', ...facts }], count: 1 },
  })
  expect((await bob.get(`/poll/${bob.id}`)).body).toEqual({
    messages: [{ type: 'file_updated', file_key: 'notes.md', version: 1, last_editor: ann.id, timestamp: iso }],
    count: 1,
  })
  expect((await ann.get(`/poll/${ann.id}`)).body.count).toBe(0)
  expect(await bob.get('/files/other')).toMatchObject({ status: 404, body: { error: 'file not found' } })
  const plain = await bob.post('/files', { file_key: 'plain', content: 'x', agent_id: bob.id })
  expect(plain.body).toEqual({ status: 'saved', version: 1 })
  expect((await ann.get('/files/plain')).body).toMatchObject({ file_type: 'text', last_editor: bob.id })
  const deep = { file_key: 'notes/day 1/plan.md', content: 'deep', agent_id: bob.id }
  expect((await bob.post('/files', deep)).status).toBe(200)
  for (const path of ['/files/notes/day%201/plan.md', '/files/notes%2Fday%201%2Fplan.md'])
    expect((await ann.get(path)).body).toMatchObject({ file_key: deep.file_key, content: 'deep' })
})

test('an empty file is one, the last write counts, what was before is kept, and a named base protects against a race', async () => {
  await using claw = await started()
  const [ann, bob] = [await registered(claw, 'ann'), await registered(claw, 'bob')]
  const file = { file_key: 'k', agent_id: ann.id }
  expect((await ann.post('/files', { ...file, content: '' })).body).toEqual({ status: 'saved', version: 1 })
  expect((await ann.get('/files/k')).body.content).toBe('')
  expect((await bob.post('/files', { file_key: 'k', agent_id: bob.id, content: 'b' })).body.version).toBe(2)
  expect((await ann.post('/files', { ...file, content: 'a' })).body.version).toBe(3)
  const lost = await bob.post('/files', { file_key: 'k', agent_id: bob.id, content: 'c', base_version: 2 })
  expect(lost).toMatchObject({ status: 409, body: { code: 'conflict' } })
  const history = await historyOf(claw.app, claw.app.workspaceId, { key: 'k', limit: 10 })
  expect(history).toMatchObject({ items: [{ version: 3 }, { version: 2 }, { version: 1 }] })
})
