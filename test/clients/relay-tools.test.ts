/** Agents that work together with the tools of MCP alone, through the official client, in both eras. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { metaTools } from '../../src/http/mcp/meta-tools.ts'
import { relayTools } from '../../src/http/mcp/relay-tools.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

const minuteMs = 60_000

let claw: TestClawLink
beforeAll(async () => {
  claw = await startClawLink({ connected: false })
})
afterAll(() => claw.stop())

type Era = 'modern' | 'legacy'
type Answer = Record<string, unknown> & { isError: boolean }

let agents = 0

/** A new agent, connected as a host would connect it. */
async function newAgent({
  era = 'modern',
  scope = {},
  of = claw,
}: {
  era?: Era
  scope?: object
  of?: TestClawLink
} = {}) {
  agents += 1
  const name = `${era} agent ${agents}`
  return connect(await of.newKey({ agent: name, scope }), { name, era, of })
}

async function connect(
  key: string,
  { name, era = 'modern', of = claw }: { name: string; era?: Era; of?: TestClawLink },
) {
  const options = era === 'modern' ? { versionNegotiation: { mode: 'auto' as const } } : {}
  const client = new Client({ name, version: '1.0.0' }, options)
  const headers = { Authorization: `Bearer ${key}` }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${of.url}/mcp`), { requestInit: { headers } }))
  onTestFinished(() => client.close())
  expect(client.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25')
  const use = async (tool: string, args: Record<string, unknown> = {}): Promise<Answer> => {
    const { structuredContent, isError = false } = await client.callTool({ name: `clawlink_${tool}`, arguments: args })
    return { ...Object(structuredContent), isError }
  }
  const check = async (args: Record<string, unknown> = {}) => {
    const answer = await use('check_inbox', args)
    expect(answer).toMatchObject({ isError: false })
    return answer as Answer & { messages: Received[] } // as the tool gives them
  }
  const tools = async () => (await client.listTools()).tools.map(tool => tool.name)
  return { name, key, use, check, tools }
}
type Received = {
  messageId: string
  taskId: string
  kind: string
  from: string
  body: Record<string, unknown>
  next: string
}

describe.for<[Era, Era]>([
  ['modern', 'legacy'],
  ['legacy', 'modern'],
])('a %s and a %s client', ([one, other]) => {
  test('delegate a task, ask back, answer and hear its result', async () => {
    const boss = await newAgent({ era: one })
    const worker = await newAgent({ era: other })
    await worker.check({ capabilities: ['css'] })
    const found = await boss.use('list_agents', { capability: 'CSS', online: true })
    expect(found.agents).toContainEqual({ name: worker.name, status: 'online', capabilities: ['css'] })

    const header = { to: worker.name, task: 'Fix the header.', context: 'It is blue.', minutes: 5 }
    const given = await boss.use('delegate_task', header)
    const deadline = new Date(claw.clock.now() + 5 * 60_000).toISOString()
    expect(given).toMatchObject({ state: 'submitted', to: { name: worker.name }, deadline })
    const [task] = (await worker.check()).messages
    expect(task).toMatchObject({
      kind: 'task',
      from: boss.name,
      untrusted: true,
      body: { task: 'Fix the header.', context: 'It is blue.' },
      next: expect.stringContaining('status accepted'),
    })
    const taskId = task?.taskId
    expect(await worker.use('respond', { taskId, status: 'accepted' })).toMatchObject({ state: 'accepted' })
    expect(await worker.check()).toMatchObject({ messages: [], yourTasks: [{ taskId, from: boss.name }] })
    await worker.use('respond', { taskId, status: 'input_required', content: 'Which header?' })
    const heard = (await boss.check()).messages
    expect(heard).toMatchObject([{ kind: 'task_update', taskId, body: { state: 'accepted' } }])
    const asked = (await boss.check({ ack: heard.map(({ messageId }) => messageId) })).messages
    expect(asked).toMatchObject([
      { taskId, body: { question: 'Which header?' }, next: expect.stringContaining('answered') },
    ])
    await boss.use('respond', { taskId, status: 'answered', content: 'That of the shop.' })
    const [answered] = (await worker.check()).messages
    expect(answered).toMatchObject({ body: { answer: 'That of the shop.' } })
    expect(await worker.use('respond', { taskId, status: 'completed', content: 'It is green now.' })).toMatchObject({
      taskId,
      state: 'completed',
    })
    const [done] = (await boss.check()).messages
    expect(done).toMatchObject({ taskId, body: { state: 'completed', result: 'It is green now.' } })
    expect(await boss.check({ ack: [done?.messageId] })).toEqual({ isError: false, messages: [] })
    expect(await worker.check()).toEqual({ isError: false, messages: [] })
  })

  test('broadcast to the topics that they hear, and reply to what they heard', async () => {
    const finder = await newAgent({ era: one })
    const reader = await newAgent({ era: other })
    const topic = `findings of ${finder.name}`
    await reader.check({ topics: [topic] })
    expect((await reader.use('list_agents')).topics).toContainEqual({ topic, subscribers: 1, heard: true })
    const told = await finder.use('broadcast', { topic, content: 'The tests are slow.', tags: ['tests'] })
    expect(told).toMatchObject({ state: 'sent', recipients: 1 })
    const [heard] = (await reader.check()).messages
    expect(heard).toMatchObject({
      kind: 'broadcast',
      from: finder.name,
      body: { topic, content: 'The tests are slow.' },
    })
    const replied = { messageId: heard?.messageId, content: 'I know why.' }
    const reply = await reader.use('respond', replied)
    expect(reply).toMatchObject({ to: finder.name })
    expect(await reader.use('respond', replied)).toMatchObject({ messageId: reply.messageId, repeated: true })
    const got = (await finder.check()).messages
    expect(got).toMatchObject([{ kind: 'message', replyTo: heard?.messageId, body: 'I know why.' }])
    await reader.check({ topics: [] })
    expect(await finder.use('broadcast', { topic, content: 'More.' })).toMatchObject({ recipients: 0 })
    expect(await reader.check()).toEqual({ isError: false, messages: [] })
  })
})

describe('an inbox', () => {
  test('is waited at, and what comes meanwhile is there at once', async () => {
    const boss = await newAgent()
    const worker = await newAgent()
    await worker.check()
    const waiting = worker.check({ wait: 60 })
    await boss.use('delegate_task', { to: worker.name, task: 'Hurry.' })
    expect((await waiting).messages).toMatchObject([{ kind: 'task' }])
  })

  test('gives what was not acknowledged again after ten minutes, to another device too, and says so', async () => {
    const boss = await newAgent()
    const worker = await newAgent()
    const topic = `again ${worker.name}`
    await worker.check({ topics: [topic] })
    await boss.use('broadcast', { topic, content: 1 })
    const [first] = (await worker.check()).messages
    claw.clock.move(9 * minuteMs)
    expect((await worker.check()).messages).toEqual([])
    claw.clock.move(2 * minuteMs)
    const elsewhere = await connect(await claw.newKey({ agent: worker.name, scope: {} }), { name: worker.name })
    const [second] = (await elsewhere.check()).messages
    expect(second).toMatchObject({
      messageId: first?.messageId,
      next: expect.stringMatching(/^You were given this 2 times/),
    })
    const late = await worker.check({ ack: [first?.messageId, 'msg_none'] })
    expect(late.notAcknowledged).toEqual([
      { id: first?.messageId, problem: expect.stringContaining('lease was over') },
      { id: 'msg_none', problem: expect.stringContaining('no such message') },
    ])
    expect(await elsewhere.check({ ack: [second?.messageId] })).toEqual({ isError: false, messages: [] })
    expect(await elsewhere.check({ ack: [second?.messageId] })).toEqual({ isError: false, messages: [] })
  })

  test('keeps a task until it is accepted or rejected, whatever is acknowledged', async () => {
    const boss = await newAgent()
    const worker = await newAgent()
    await worker.check()
    for (const task of ['Do it.', 'Do that too.']) await boss.use('delegate_task', { to: worker.name, task })
    const [task, other] = (await worker.check()).messages
    const answer = await worker.check({ ack: [task?.messageId], wait: 60 })
    expect(answer.notAcknowledged).toMatchObject([{ problem: expect.stringContaining('clawlink_respond') }])
    expect(
      await worker.use('respond', { taskId: task?.taskId, status: 'rejected', content: 'Not mine.' }),
    ).toMatchObject({
      state: 'rejected',
    })
    expect((await boss.check()).messages).toMatchObject([{ body: { state: 'rejected', reason: 'Not mine.' } }])
    // What was said about one is nothing about the other.
    claw.clock.move(10 * 60_000)
    expect((await worker.check()).messages).toMatchObject([{ taskId: other?.taskId }])
  })

  test('gives a large message as a file to be read in parts', async () => {
    const boss = await newAgent()
    const worker = await newAgent()
    await worker.check()
    const context = 'all of it '.repeat(5_000)
    await boss.use('delegate_task', { to: worker.name, task: 'Read.', context })
    const [task] = (await worker.check()).messages
    expect(task?.body).toMatchObject({ file: expect.any(String), head: expect.stringContaining('all of it') })
    const part = await worker.use('get_file', { file: task?.body.file })
    expect(JSON.parse(String(part.text))).toMatchObject({ task: 'Read.', context })
  })
})

describe('shared files', () => {
  test('are written by one and read by another, and a lost race shows both versions', async () => {
    const writer = await newAgent()
    const reader = await newAgent({ era: 'legacy' })
    const key = `notes/${writer.name}.md`
    expect(await writer.use('put_file', { key, content: 'one\n' })).toMatchObject({ key, version: 1 })
    expect((await reader.use('list_files', { prefix: 'notes/' })).files).toContainEqual(
      expect.objectContaining({ key, version: 1, by: writer.name }),
    )
    expect(await reader.use('get_file', { file: key })).toMatchObject({
      key,
      version: 1,
      text: 'one\n',
      untrusted: true,
    })
    const changed = { key, content: 'one\ntwo\n', baseVersion: 1 }
    expect(await reader.use('put_file', changed)).toMatchObject({ version: 2 })
    const late = await writer.use('put_file', { key, content: 'zero\none\n', baseVersion: 1 })
    expect(late.error).toMatchObject({
      code: 'conflict',
      race: { current: { version: 2, text: 'one\ntwo\n' }, yours: { text: 'zero\none\n' } },
    })
    expect(Object(late.error).fix).toContain('baseVersion 2')
  })

  test('are binary where they are, or a file that a call gave', async () => {
    const agent = await newAgent()
    const bytes = Buffer.from([0, 1, 2, 255])
    const put = { key: 'a/pixel.png', content: bytes.toString('base64'), base64: true, mediaType: 'image/png' }
    expect(await agent.use('put_file', put)).toMatchObject({ bytes: 4, mediaType: 'image/png' })
    expect(await agent.use('get_file', { file: 'a/pixel.png' })).toMatchObject({ base64: put.content })
    const uploaded = await claw.http({
      method: 'POST',
      path: '/api/v1/files?name=report.csv',
      headers: { authorization: `Bearer ${agent.key}`, 'content-type': 'text/csv' },
      body: 'a,b\n',
    })
    const { file } = JSON.parse(uploaded.text)
    expect(await agent.use('put_file', { key: 'a/report.csv', file })).toMatchObject({
      version: 1,
      mediaType: 'text/csv',
    })
    expect(await agent.use('get_file', { file: 'a/report.csv' })).toMatchObject({ text: 'a,b\n' })
    expect(await agent.use('put_file', { key: 'a/b' })).toMatchObject({ error: { code: 'validation_error' } })
    expect(await agent.use('put_file', { key: '../b', content: 'x' })).toMatchObject({
      error: { code: 'validation_error' },
    })
    expect(await agent.use('get_file', { file: 'no/such' })).toMatchObject({ error: { code: 'not_found' } })
  })
})

describe('what a model gets wrong', () => {
  test('is answered with what to do instead', async () => {
    const agent = await newAgent()
    const code = async (tool: string, args: object) => Object((await agent.use(tool, { ...args })).error).code
    expect(await code('respond', {})).toBe('validation_error')
    expect(await code('respond', { taskId: 'task_none', status: 'completed' })).toBe('not_found')
    expect(await code('respond', { taskId: 'task_none' })).toBe('validation_error')
    expect(await code('respond', { messageId: 'msg_none', content: 'x' })).toBe('not_found')
    expect(await code('delegate_task', { task: 'x' })).toBe('validation_error')
    expect(await code('delegate_task', { task: 'x', to: 'nobody' })).toBe('not_found')
    const named = await agent.use('delegate_task', { task: 'x', to: '', capability: 'nothing anybody can' })
    expect(named).toMatchObject({ isError: false, state: 'submitted', to: null })
  })

  test('is done once when it repeats it under its own id', async () => {
    const boss = await newAgent()
    const worker = await newAgent()
    await worker.check()
    const wish = { to: worker.name, task: 'Once.', idempotencyKey: 'once' }
    const ids = [await boss.use('delegate_task', wish), await boss.use('delegate_task', wish)].map(({ id }) => id)
    expect(new Set(ids).size).toBe(1)
    expect((await worker.check()).messages).toHaveLength(1)
  })
})

describe('the tools of the relay are listed', () => {
  const own = relayTools.map(({ name }) => name)
  const plain = metaTools.map(({ name }) => name)

  test('in a workspace where an agent has registered, and take a thousand tokens at most', async () => {
    await using quiet = await startClawLink({ connected: false })
    for (const era of ['modern', 'legacy'] as const) {
      const agent = await newAgent({ era, of: quiet })
      expect(await agent.tools()).toEqual(plain)
    }
    // Called by name it works all the same.
    const first = await newAgent({ of: quiet })
    expect((await first.use('list_agents')).agents).toMatchObject([{ name: first.name, you: true }])
    quiet.clock.move(1_001)
    for (const era of ['modern', 'legacy'] as const) {
      const agent = await newAgent({ era, of: quiet })
      expect(await agent.tools()).toEqual([...plain, ...own])
    }
  })

  test('never to a key whose scope excludes it, which cannot use them either', async () => {
    const member = await newAgent()
    await member.check()
    claw.clock.move(1_001)
    const outsider = await newAgent({ scope: { relay: false } })
    expect(await outsider.tools()).toEqual(plain)
    for (const { name } of relayTools) {
      const args = { to: 'x', task: 'x', topic: 'x', content: 'x', key: 'x' }
      const takes = Object.keys(Object(relayTools.find(tool => tool.name === name)?.input).shape ?? {})
      const given = Object.fromEntries(Object.entries(args).filter(([arg]) => takes.includes(arg)))
      expect(await outsider.use(name.replace('clawlink_', ''), given)).toMatchObject({ error: { code: 'forbidden' } })
    }
  })
})
