/** Agents of the relay as A2A agents: asked by the SDK's own client, in both bindings and both versions. */
import { AgentCard, TaskState } from '@a2a-js/sdk'
import type { Client } from '@a2a-js/sdk/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { createLog } from '../../src/core/log.ts'
import { serve } from '../../src/roles/serve.ts'
import {
  agentAt,
  type Binding,
  caseOf,
  clientOf as clientAt,
  codeOf,
  message,
  register,
  request,
  sendTask,
  type Version,
} from '../kit/a2a.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'

let claw: TestClawLink
let worker: string
let workerId: string
beforeAll(async () => {
  claw = await startClawLink({ connected: false })
  worker = await claw.newKey({ agent: 'Worker' })
  workerId = await register(claw, worker)
})
afterAll(() => claw?.stop())

const clientOf = (url: string, options: { key?: string; binding?: Binding; version?: Version } = {}): Promise<Client> =>
  clientAt(url, { key: claw.key, ...options })
const agent = (of = claw, key = worker) => agentAt(of, key)
const agentUrl = (of = claw, agent = 'Worker') => `${of.url}/a2a/${agent}`

const get = (client: Client, id: string, historyLength?: number) => client.getTask({ tenant: '', id, historyLength })

const ways: [Version, Binding][] = [
  ['1.0', 'JSONRPC'],
  ['1.0', 'HTTP+JSON'],
  ['0.3', 'JSONRPC'],
  ['0.3', 'HTTP+JSON'],
]

describe.each(ways)('A2A %s over %s', (version, binding) => {
  const open = (key?: string) => clientOf(agentUrl(), { binding, version, ...(key && { key }) })

  test('a message becomes a task of the relay, and its steps and result come back', async () => {
    const client = await open()
    const task = await sendTask(client)
    expect(task.status?.state).toBe(TaskState.TASK_STATE_SUBMITTED)
    const offered = await agent().inbox()
    expect(offered.map(({ taskId, body }) => [taskId, body.task])).toContainEqual([task.id, 'Translate: Guten Tag'])
    await agent().step(task.id, 'progress', { note: 'Half of it' })
    const working = await get(client, task.id)
    expect(working.status).toMatchObject({ state: TaskState.TASK_STATE_WORKING })
    expect(working.status?.message?.parts[0]?.content?.value).toBe('Half of it')
    await agent().step(task.id, 'complete', { result: 'Good day' })
    const done = await get(client, task.id)
    expect(done.status?.state).toBe(TaskState.TASK_STATE_COMPLETED)
    expect(done.artifacts.map(({ parts }) => parts[0]?.content?.value)).toEqual(['Good day'])
    expect(done.history.map(each => each.parts[0]?.content?.value)).toEqual(['Translate: Guten Tag', 'Half of it'])
    expect((await get(client, task.id, 1)).history).toHaveLength(1)
  })

  test('a client that waits gets the end of the task', async () => {
    const client = await open()
    const waiting = client.sendMessage(request(message('Wait for it'), false))
    const [offer] = await agent().inbox()
    await agent().step(String(offer?.taskId), 'complete', { result: { words: 2 } })
    const done = await waiting
    if ('messageId' in done) throw new Error('a task was expected')
    expect(done.status?.state).toBe(TaskState.TASK_STATE_COMPLETED)
    expect(done.artifacts[0]?.parts[0]?.content).toEqual({ $case: 'data', value: { words: 2 } })
  })

  test('an agent that only makes requests itself works on a streamed task', async () => {
    const client = await open()
    const events: string[] = []
    const streamed = (async () => {
      for await (const event of client.sendMessageStream(request(message('Stream it')))) events.push(caseOf(event))
    })()
    const [offer] = await agent().inbox()
    const taskId = String(offer?.taskId)
    await expect.poll(() => events.length).toBe(1)
    await agent().step(taskId, 'progress', { note: 'On it' })
    await expect.poll(() => events.length).toBe(2)
    await agent().step(taskId, 'complete', { result: 'Done' })
    await streamed
    expect(events).toEqual([
      'task TASK_STATE_SUBMITTED',
      'statusUpdate TASK_STATE_WORKING',
      'artifactUpdate',
      'statusUpdate TASK_STATE_COMPLETED',
    ])
  })

  test('what the agent asks for reaches the client, and the answer the agent', async () => {
    const client = await open()
    const task = await sendTask(client)
    await agent().inbox()
    await agent().step(task.id, 'ask', { question: 'Into which language?' })
    const asking = await get(client, task.id)
    expect(asking.status?.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED)
    expect(asking.status?.message?.parts[0]?.content?.value).toBe('Into which language?')
    const said = message('English', { taskId: task.id })
    await sendTask(client, said)
    // Sent again, as after a lost answer: nothing more happens.
    await sendTask(client, said)
    const updates = await agent().inbox()
    expect(updates).toHaveLength(1)
    expect(updates[0]?.body).toMatchObject({ step: 'answer', answer: { text: 'English' } })
    await agent().step(task.id, 'complete', { result: 'Good day' })
    const texts = (await get(client, task.id)).history.map(each => each.parts[0]?.content?.value)
    expect(texts).toEqual(['Translate: Guten Tag', 'Into which language?', 'English'])
  })

  test('a task is canceled once, and the agent hears of it', async () => {
    const client = await open()
    const task = await sendTask(client)
    const canceled = await client.cancelTask({ tenant: '', id: task.id, metadata: undefined })
    expect(canceled.status?.state).toBe(TaskState.TASK_STATE_CANCELED)
    const again = codeOf(client.cancelTask({ tenant: '', id: task.id, metadata: undefined }))
    expect(await again).toMatch(/TaskNotCancelable/)
    await agent().inbox()
  })

  test('a subscriber gets the task as it is and then what happens', async () => {
    const client = await open()
    const task = await sendTask(client)
    const events: string[] = []
    const following = (async () => {
      for await (const event of client.resubscribeTask({ tenant: '', id: task.id })) events.push(caseOf(event))
    })()
    await expect.poll(() => events).toEqual(['task TASK_STATE_SUBMITTED'])
    await agent().inbox()
    await agent().step(task.id, 'fail', { reason: 'No dictionary' })
    await following
    expect(events.at(-1)).toBe('statusUpdate TASK_STATE_FAILED')
    const ended = codeOf(client.resubscribeTask({ tenant: '', id: task.id }).next())
    expect(await ended).toMatch(/UnsupportedOperation/)
  })

  test('tasks of others, of other agents and of none look alike', async () => {
    const task = await sendTask(await open())
    await agent().inbox()
    const other = await open(await claw.newKey({ agent: 'Somebody else' }))
    expect(await codeOf(get(other, task.id))).toMatch(/TaskNotFound/)
    expect(await codeOf(get(other, 'task_nothing'))).toMatch(/TaskNotFound/)
    expect(await codeOf(other.cancelTask({ tenant: '', id: task.id, metadata: undefined }))).toMatch(/TaskNotFound/)
    expect(await codeOf(sendTask(other, message('Hello', { taskId: task.id })))).toMatch(/TaskNotFound/)
    expect(await codeOf(other.resubscribeTask({ tenant: '', id: task.id }).next())).toMatch(/TaskNotFound/)
  })
})

describe.each(['JSONRPC', 'HTTP+JSON'] as const)('A2A 1.0 lists tasks over %s', binding => {
  test('page by page, newest first, by context and state, and no others', async () => {
    const key = await claw.newKey({ agent: `Lister ${binding}` })
    const client = await clientOf(agentUrl(), { binding, key })
    const contextId = `context-${binding.length}`
    const ids: string[] = []
    for (const text of ['one', 'two', 'three']) {
      claw.clock.move(10)
      ids.unshift((await sendTask(client, message(text, text === 'one' ? {} : { contextId }))).id)
      await agent().inbox()
      if (text === 'two') await agent().step(ids[0] ?? '', 'reject', { reason: 'Not today' })
    }
    const list = async (more: object) =>
      client.listTasks({
        tenant: '',
        contextId: '',
        status: TaskState.TASK_STATE_UNSPECIFIED,
        pageToken: '',
        statusTimestampAfter: undefined,
        ...more,
      })
    const first = await list({ pageSize: 2 })
    expect(first).toMatchObject({ totalSize: 3, pageSize: 2 })
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken })
    expect([...first.tasks, ...second.tasks].map(({ id }) => id)).toEqual(ids)
    expect(second.nextPageToken).toBe('')
    expect((await list({ contextId })).tasks).toHaveLength(2)
    const rejected = await list({ status: TaskState.TASK_STATE_REJECTED, includeArtifacts: true })
    expect(rejected.tasks.map(({ id }) => id)).toEqual([ids[1]])
    expect((await list({ status: TaskState.TASK_STATE_AUTH_REQUIRED })).tasks).toEqual([])
    const statusTimestampAfter = first.tasks[1]?.status?.timestamp
    expect((await list({ statusTimestampAfter, historyLength: 0 })).tasks.map(({ id }) => id)).toEqual([ids[0]])
    expect(await codeOf(list({ historyLength: -1 }))).toMatch(/RequestMalformed/)
    expect(await codeOf(list({ pageSize: 1000 }))).toMatch(/RequestMalformed/)
  })
})

test('updates of a task that is followed over A2A do not fill the caller’s mailbox', async () => {
  const key = await claw.newKey({ agent: 'Follower' })
  const client = await clientOf(agentUrl(), { key })
  const task = await sendTask(client)
  await agent().inbox()
  await agent().step(task.id, 'complete', { result: 'Done' })
  const box = await claw.rest('POST', '/relay/inbox', { key, body: { limit: 10 } })
  expect(box.body.items).toEqual([])
  expect((await get(client, task.id)).status?.state).toBe(TaskState.TASK_STATE_COMPLETED)
})

describe('an agent’s card', () => {
  const card = (headers: Record<string, string> = {}, ref = 'Worker') =>
    claw.http({ method: 'GET', path: `/a2a/${ref}/.well-known/agent-card.json`, headers })

  test('says what the agent said of itself, and changes its tag when that changes', async () => {
    const headers = { authorization: `Bearer ${claw.key}`, 'a2a-version': '1.0' }
    const first = await card(headers)
    const said = AgentCard.fromJSON(JSON.parse(first.text))
    expect(said).toMatchObject({ name: 'Worker', description: 'Translates.', capabilities: { streaming: true } })
    expect(said.skills.map(({ id }) => id)).toEqual(['translate'])
    expect(said.supportedInterfaces).toHaveLength(4)
    const etag = first.headers.get('etag') ?? ''
    expect((await card({ ...headers, 'if-none-match': etag })).status).toBe(304)
    expect((await card(headers, workerId)).headers.get('etag')).toBe(etag)
  })

  test('has the form of version 0.3 for whoever asks for that', async () => {
    const path = '/a2a/Worker/.well-known/agent.json'
    const headers = { authorization: `Bearer ${claw.key}` }
    const old = JSON.parse((await claw.http({ method: 'GET', path, headers })).text)
    expect(old).toMatchObject({ protocolVersion: '0.3', preferredTransport: 'JSONRPC', security: [{ clawlink: [] }] })
    expect(old.additionalInterfaces).toEqual([{ transport: 'HTTP+JSON', url: old.url }])
    expect(JSON.parse((await card({ ...headers, 'a2a-version': '0.3' })).text)).toEqual(old)
    expect(JSON.parse((await card(headers)).text).protocolVersion).toBeUndefined()
  })

  test('is for keys of the same workspace alone, as everything is', async () => {
    const { key } = await otherWorkspace(claw)
    const noRelay = await claw.newKey({ agent: 'No relay', scope: { relay: false } })
    expect((await card()).status).toBe(401)
    expect((await card({ authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await card({ authorization: `Bearer ${noRelay}` })).status).toBe(403)
    expect((await card({ 'x-clawlink-api-key': claw.key })).status).toBe(200)
    for (const ref of ['Worker', workerId, 'nobody'])
      expect((await card({ authorization: `Bearer ${key}` }, ref)).status).toBe(404)
  })
})

describe('bad input', () => {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    claw.http({
      method: 'POST',
      path: `/a2a/Worker${path}`,
      headers: {
        authorization: `Bearer ${claw.key}`,
        'content-type': 'application/json',
        'a2a-version': '1.0',
        ...headers,
      },
      body,
    })
  const rpc = (params: unknown, method = 'SendMessage') => JSON.stringify({ jsonrpc: '2.0', id: 7, method, params })

  test.each([
    ['no JSON', '{', -32700],
    ['no object', '[]', -32600],
    ['no method', JSON.stringify({ jsonrpc: '2.0', id: 7 }), -32602],
    ['an unknown method', rpc({}, 'Nothing'), -32601],
    ['no message', rpc({}), -32602],
    ['a message of no parts', rpc({ message: { messageId: '1', parts: [] } }), -32602],
    ['parts that are none', rpc({ message: { messageId: '1', parts: [null] } }), -32602],
    ['a part without content', rpc({ message: { messageId: '1', parts: [{}] } }), -32602],
    ['a part whose bytes are no text', rpc({ message: { messageId: '1', parts: [{ raw: 5 }] } }), -32602],
    [
      'a context id that is no name',
      rpc({ message: { messageId: '1', parts: [{ text: 'x' }], contextId: 'a\nb' } }),
      -32602,
    ],
    ['an unknown task', rpc({ id: 'task_x' }, 'GetTask'), -32001],
    ['a task id with a NUL', rpc({ id: 'a\0b' }, 'GetTask'), -32001],
    ['a context id with a NUL', rpc({ contextId: 'a\0b' }, 'ListTasks'), -32602],
    ['a history of less than nothing', rpc({ id: 'task_x', historyLength: -1 }, 'GetTask'), -32602],
  ])('%s is refused over JSON-RPC', async (_, body, code) => {
    const { status, text } = await post('', body)
    expect(status).toBe(200)
    expect(JSON.parse(text).error).toMatchObject({ code })
  })

  const push = { url: 'https://a.example', token: 5 }
  const legacy = (more: object) => ({
    message: { messageId: '1', role: 'user', parts: [{ kind: 'text', text: 'x' }], ...more },
  })
  test.each([
    ['no task id', 'tasks/cancel', {}],
    ['a task id that is no text', 'tasks/get', { id: 1 }],
    ['a context id that is no text', 'message/send', legacy({ contextId: 5 })],
    ['extensions that are no list', 'message/send', legacy({ extensions: 5 })],
    ['a file without any', 'message/stream', legacy({ parts: [{ kind: 'file' }] })],
    ['a text without any', 'message/send', legacy({ parts: [{ kind: 'text' }] })],
    ['data without any', 'message/stream', legacy({ parts: [{ kind: 'data', data: null }] })],
    ['a token that is no text', 'tasks/pushNotificationConfig/set', { taskId: 'task_x', pushNotificationConfig: push }],
  ])('%s is refused over JSON-RPC of 0.3', async (_, method, params) => {
    const { text } = await post('', rpc(params, method), { 'a2a-version': '0.3' })
    expect(JSON.parse(text).error).toMatchObject({ code: -32602 })
  })

  test.each([
    ['no JSON', '/message:send', '{', 400],
    ['no message', '/message:send', '{}', 400],
    ['parts that are none', '/message:stream', JSON.stringify({ message: { messageId: '1', parts: ['x'] } }), 400],
    ['an unknown task', '/tasks/task_x:cancel', '', 404],
    ['an unknown operation', '/nothing', '{}', 404],
  ])('%s is refused over HTTP+JSON', async (_, path, body, status) => {
    expect((await post(path, body)).status).toBe(status)
  })

  test('a version that is not spoken here is refused with those that are', async () => {
    const { text } = await post('', rpc({}), { 'a2a-version': '7.0' })
    expect(JSON.parse(text).error).toMatchObject({ code: -32009 })
    expect((await post('/message:send', '{}', { 'a2a-version': '7.0' })).status).toBe(400)
  })

  test('too large a body, and a type that is no JSON, change nothing', async () => {
    expect((await post('', `"${'x'.repeat(3 * 1024 * 1024)}"`)).status).toBe(413)
    const { text } = await post('', 'x', { 'content-type': 'text/plain' })
    expect(JSON.parse(text).error).toMatchObject({ code: -32005 })
  })

  test('the same message twice is one task, and another one under its id is another task', async () => {
    const client = await clientOf(agentUrl())
    const said = message('Once')
    const [one, two] = [await sendTask(client, said), await sendTask(client, said)]
    expect(two.id).toBe(one.id)
    expect(await agent().inbox()).toHaveLength(1)
    const other = await sendTask(client, { ...message('Other'), messageId: said.messageId })
    expect(other.id).not.toBe(one.id)
    await agent().inbox()
  })
})

test('after a restart tasks are there, and a subscriber goes on', async () => {
  const own = await startClawLink({ connected: false })
  try {
    const key = await own.newKey({ agent: 'Worker' })
    await register(own, key)
    const task = await sendTask(await clientOf(agentUrl(own), { key: own.key }))
    await agent(own, key).step(task.id, 'progress', { note: 'Before' })
    await own.stopServing()
    const serving = await serve(own.app.config, { clock: own.clock, log: createLog('silent') })
    if (serving instanceof Fault) throw new Error(serving.message)
    try {
      const url = `${serving.url}/a2a/Worker`
      const client = await clientOf(url, { key: own.key })
      expect((await get(client, task.id)).history.at(-1)?.parts[0]?.content?.value).toBe('Before')
      const events: string[] = []
      const following = (async () => {
        for await (const event of client.resubscribeTask({ tenant: '', id: task.id })) events.push(caseOf(event))
      })()
      await expect.poll(() => events).toEqual(['task TASK_STATE_WORKING'])
      const done = await fetch(`${serving.url}/api/v1/relay/tasks/${task.id}/complete`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ result: 'After' }),
      })
      expect(done.status).toBe(200)
      await following
      expect(events.at(-1)).toBe('statusUpdate TASK_STATE_COMPLETED')
    } finally {
      await serving.stop()
    }
  } finally {
    await own.stop()
  }
})
