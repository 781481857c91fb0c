/** What A2A 0.3 is like over HTTP+JSON, beyond what the SDK's client asks for in every version and binding alike. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentAt, clientOf, register, sendTask } from '../kit/a2a.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import type { HttpAnswer } from '../kit/send-http.ts'

let claw: TestClawLink
let worker: string
beforeAll(async () => {
  claw = await startClawLink({ connected: false })
  worker = await claw.newKey({ agent: 'Worker' })
  await register(claw, worker)
})
afterAll(() => claw.stop())

const agent = () => agentAt(claw, worker)
const open = () => clientOf(`${claw.url}/a2a/Worker`, { key: claw.key, binding: 'HTTP+JSON', version: '0.3' })

/** A request as it is written; an object is sent as JSON. */
const ask = (
  method: string,
  path: string,
  { body, key = claw.key, headers = {} }: { body?: unknown; key?: string; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> =>
  claw.http({
    method,
    path: `/a2a/Worker${path}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
/** Answered once the first event is there. */
const stream = (method: string, path: string, body?: string): Promise<Response> =>
  fetch(`${claw.url}/a2a/Worker${path}`, {
    method,
    headers: { authorization: `Bearer ${claw.key}`, 'content-type': 'application/json' },
    ...(body && { body }),
  })
const said = (more: object = {}) => ({
  message: { messageId: randomUUID(), role: 'ROLE_USER', content: [{ text: 'Translate: Guten Tag' }], ...more },
  configuration: { blocking: false },
})
const newTask = async (): Promise<string> => {
  const task = await sendTask(await open())
  await agent().inbox()
  return task.id
}

describe('A2A 0.3 over HTTP+JSON', () => {
  test('texts, files and JSON reach the agent, and come back from it', async () => {
    const content = [
      { text: 'See these' },
      { file: { fileWithBytes: Buffer.from('Guten Tag').toString('base64'), mimeType: 'text/plain' } },
      { file: { fileWithUri: 'https://files.example/1.pdf', mimeType: 'application/pdf' } },
      { data: { data: { pages: [1, 2], under_score: null } } },
    ]
    const sent = await ask('POST', '/v1/message:send', { body: said({ content }) })
    expect(sent.status).toBe(200)
    const { task } = JSON.parse(sent.text)
    expect(task).toMatchObject({ status: { state: 'TASK_STATE_SUBMITTED' }, history: [{ role: 'ROLE_USER', content }] })
    const [offer] = await agent().inbox()
    const { parts } = Object(offer?.body.context).a2a
    expect(parts).toMatchObject([
      { text: 'See these' },
      { raw: Buffer.from('Guten Tag').toString('base64'), mediaType: 'text/plain' },
      { url: 'https://files.example/1.pdf', mediaType: 'application/pdf' },
      { data: { pages: [1, 2], under_score: null } },
    ])
    await agent().step(task.id, 'complete', { result: { a2a: { artifacts: [{ artifactId: 'a', parts }] } } })
    const done = JSON.parse((await ask('GET', `/v1/tasks/${task.id}`)).text)
    expect(done).toMatchObject({
      status: { state: 'TASK_STATE_COMPLETED' },
      artifacts: [{ artifactId: 'a', parts: content }],
    })
    expect(done.kind).toBeUndefined()
  })

  test('names may be written with underscores, and the number of messages be limited', async () => {
    const body = {
      message: {
        message_id: 'one',
        context_id: 'their-context',
        role: 1,
        content: [{ text: 'Hello' }],
        metadata: null,
      },
      configuration: { accepted_output_modes: ['text/plain'], blocking: false },
    }
    const { task } = JSON.parse((await ask('POST', '/v1/message:send', { body })).text)
    expect(task).toMatchObject({ contextId: 'their-context', history: [{ messageId: 'one' }] })
    await agent().inbox()
    for (const name of ['historyLength', 'history_length']) {
      const { text } = await ask('GET', `/v1/tasks/${task.id}?${name}=0`)
      expect(JSON.parse(text).history).toEqual([])
    }
  })

  test('events of a stream are named by what they are, and the last one says that it is', async () => {
    const streamed = await stream('POST', '/v1/message:stream', JSON.stringify(said()))
    expect(streamed.headers.get('content-type')).toBe('text/event-stream')
    const [offer] = await agent().inbox()
    await agent().step(String(offer?.taskId), 'complete', { result: 'Good day' })
    const lines = (await streamed.text()).split('\n')
    const events = lines.flatMap(line => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []))
    expect(events.flatMap(Object.keys)).toEqual(['task', 'artifactUpdate', 'statusUpdate'])
    expect(events.at(-1)).toMatchObject({ statusUpdate: { final: true, status: { state: 'TASK_STATE_COMPLETED' } } })
  })

  test.each(['GET', 'POST'])('a task can be subscribed to by %s', async method => {
    const id = await newTask()
    const following = await stream(method, `/v1/tasks/${id}:subscribe`)
    await agent().step(id, 'ask', { question: 'Into which language?' })
    expect(await following.text()).toContain('TASK_STATE_INPUT_REQUIRED')
  })

  test('a push notification config is of the task that the path names, and may come within a request for it', async () => {
    const [id, other] = [await newTask(), await newTask()]
    const config = {
      name: `tasks/${other}/pushNotificationConfigs/mine`,
      pushNotificationConfig: { id: 'mine', url: 'https://hooks.example/a2a', authentication: { schemes: ['Bearer'] } },
    }
    const path = `/v1/tasks/${id}/pushNotificationConfigs`
    for (const body of [config, { parent: `tasks/${id}`, configId: 'mine', config }]) {
      const made = await ask('POST', path, { body })
      expect(made.status).toBe(201)
      expect(JSON.parse(made.text)).toMatchObject({ ...config, name: `tasks/${id}/pushNotificationConfigs/mine` })
    }
    expect(JSON.parse((await ask('GET', path)).text).configs).toHaveLength(1)
    const elsewhere = await ask('GET', `/v1/tasks/${other}/pushNotificationConfigs`)
    expect(JSON.parse(elsewhere.text).configs).toEqual([])
  })

  test('a push that is named with the message is made with the task', async () => {
    const pushNotification = { id: 'with', url: 'https://hooks.example/a2a', token: 'theirs' }
    const body = { ...said(), configuration: { pushNotification } }
    const { task } = JSON.parse((await ask('POST', '/v1/message:send', { body })).text)
    await agent().inbox()
    const { text } = await ask('GET', `/v1/tasks/${task.id}/pushNotificationConfigs/with`)
    expect(JSON.parse(text).pushNotificationConfig).toMatchObject({ token: 'theirs' })
  })

  test('the SDK’s client gets the card', async () => {
    const card = await (await open()).getAgentCard()
    expect(card).toMatchObject({ name: 'Worker', description: 'Translates.' })
    expect(card.securitySchemes.clawlink?.scheme).toMatchObject({ $case: 'httpAuthSecurityScheme' })
    expect(card.securityRequirements).toMatchObject([{ schemes: { clawlink: { list: [] } } }])
  })

  test('a canceled task is spelled as version 0.3 does', async () => {
    const { status, text } = await ask('POST', `/v1/tasks/${await newTask()}:cancel`, { body: 'null' })
    expect(status).toBe(200)
    expect(JSON.parse(text).status.state).toBe('TASK_STATE_CANCELLED')
    await agent().inbox()
  })
})

describe('A2A 0.3 over HTTP+JSON refuses', () => {
  test.each([
    ['no JSON', '{', -32700],
    ['no object', '[]', -32602],
    ['no body', undefined, -32602],
    ['no message', {}, -32602],
    ['a message without an id', said({ messageId: null }), -32602],
    ['an id that is no text', said({ messageId: {} }), -32602],
    ['a role that is none', said({ role: 'user' }), -32602],
    ['a message of no parts', said({ content: [] }), -32602],
    ['parts that are none', said({ content: [null] }), -32602],
    ['a part without content', said({ content: [{}] }), -32602],
    ['a file without content', said({ content: [{ file: {} }] }), -32602],
    ['data that is no object', said({ content: [{ data: { data: 'x' } }] }), -32602],
    ['a context id that is no name', said({ contextId: 'a\nb' }), -32602],
    ['a history of less than nothing', { ...said(), configuration: { historyLength: -1 } }, -32602],
    [
      'a push to this machine',
      { ...said(), configuration: { pushNotification: { url: 'http://127.0.0.1:1/' } } },
      -32602,
    ],
  ])('%s, and no task is made of it', async (_, body, code) => {
    for (const path of ['/v1/message:send', '/v1/message:stream']) {
      const { status, text } = await ask('POST', path, { body })
      expect(status).toBe(400)
      expect(JSON.parse(text)).toEqual({ code, message: expect.any(String) })
    }
    const made = await claw.rest('POST', '/relay/inbox', { key: worker, body: { limit: 1 } })
    expect(made.body.items).toEqual([])
  })

  test('tasks that are unknown or somebody else’s, whatever is asked of them', async () => {
    const id = await newTask()
    const key = await claw.newKey({ agent: 'Somebody else' })
    const config = { pushNotificationConfig: { url: 'https://hooks.example/a2a' } }
    for (const [method, path, body] of [
      ['GET', ''],
      ['POST', ':cancel'],
      ['GET', ':subscribe'],
      ['GET', '/pushNotificationConfigs'],
      ['POST', '/pushNotificationConfigs', config],
      ['GET', '/pushNotificationConfigs/x'],
      ['DELETE', '/pushNotificationConfigs/x'],
    ] as const) {
      const theirs = await ask(method, `/v1/tasks/${id}${path}`, { key, body })
      const none = await ask(method, `/v1/tasks/task_none${path}`, { body })
      expect([theirs.status, none.status]).toEqual([404, 404])
      expect(JSON.parse(theirs.text)).toMatchObject({ code: -32001 })
      expect(theirs.text.replaceAll(id, '')).toBe(none.text.replaceAll('task_none', ''))
    }
    const answered = await ask('POST', '/v1/message:send', { key, body: said({ taskId: id }) })
    expect(answered.status).toBe(404)
  })

  test('what a task cannot do any more', async () => {
    const id = await newTask()
    await agent().step(id, 'complete', { result: 'Done' })
    expect(JSON.parse((await ask('POST', `/v1/tasks/${id}:cancel`)).text)).toMatchObject({ code: -32002 })
    expect(JSON.parse((await ask('GET', `/v1/tasks/${id}:subscribe`)).text)).toMatchObject({ code: -32004 })
    expect((await ask('GET', `/v1/tasks/${id}?historyLength=-1`)).status).toBe(400)
  })

  test('requests without a key, with a wrong one, and of another workspace', async () => {
    const { key } = await otherWorkspace(claw)
    const noRelay = await claw.newKey({ agent: 'No relay', scope: { relay: false } })
    const body = said()
    expect((await claw.http({ method: 'POST', path: '/a2a/Worker/v1/message:send', headers: {} })).status).toBe(401)
    expect((await ask('POST', '/v1/message:send', { body, key: 'wrong' })).status).toBe(401)
    expect((await ask('POST', '/v1/message:send', { body, key: noRelay })).status).toBe(403)
    expect((await ask('POST', '/v1/message:send', { body, key })).status).toBe(404)
  })

  test('other versions, other types and too large a body', async () => {
    const version = await ask('POST', '/v1/message:send', { body: said(), headers: { 'a2a-version': '1.0' } })
    expect(version.status).toBe(400)
    expect(JSON.parse(version.text)).toMatchObject({ code: -32009, message: 'Spoken here: A2A 0.3.' })
    const type = await ask('POST', '/v1/message:send', { body: 'x', headers: { 'content-type': 'text/plain' } })
    expect(JSON.parse(type.text)).toMatchObject({ code: -32005 })
    expect((await ask('POST', '/v1/message:send', { body: `"${'x'.repeat(3 * 1024 * 1024)}"` })).status).toBe(413)
    expect((await ask('GET', '/v1/nothing')).status).toBe(404)
  })

  test('to be found where version 1.0 is', async () => {
    const headers = { 'a2a-version': '0.3' }
    expect((await ask('POST', '/message:send', { body: said(), headers })).status).toBe(400)
    const read = await ask('POST', '/message:send', { body: said() })
    expect(read.status).toBe(400)
    expect(JSON.parse(read.text)).toMatchObject({ error: { code: 400 } })
  })
})
