/** Approvals for MCP clients that can wait in ways of their own (2026-07-28): as a task, or by a link in the middle of a call. */
import { describe, expect, test } from 'vitest'
import { meta } from '../../src/http/mcp/protocol.ts'
import type { TestClawLink } from '../kit/clawlink.ts'
import { modern } from '../kit/mcp-messages.ts'
import { mcpWire, messagesOf } from '../kit/mcp-wire.ts'
import { approve, type Parked, type ParkedClaw, progress, refund, sent, startWithMember } from '../kit/parked.ts'

type Json = Record<string, unknown>

const tasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
const links = { elicitation: { url: {} } }

/** One request of 2026-07-28 by a client that declares this; gives the JSON-RPC message. */
async function ask(
  claw: TestClawLink,
  method: string,
  params: Json,
  capabilities: Json,
  key = claw.key,
): Promise<Json> {
  const name = params.taskId === undefined ? {} : { 'mcp-name': String(params.taskId) }
  const { headers, body } = modern(method, params, name, { [meta.clientCapabilities]: capabilities })
  const { send } = mcpWire(claw)
  const { text } = await send({
    method: 'POST',
    path: '/mcp',
    headers: { ...headers, authorization: `Bearer ${key}` },
    body,
  })
  return messagesOf(text)[0] as Json // JSON-RPC 2.0
}

const resultOf = (message: Json) => message.result as Json & { structuredContent: Json; taskId: string } // as asked
const call = { name: 'clawlink_call_tool', arguments: { tool: refund.tool, arguments: refund.arguments } }

const approvalOf = async (claw: ParkedClaw, callId: string): Promise<Parked> => {
  const { approval } = (await claw.rest('GET', `/calls/${callId}`)).body as { approval: { id: string } } // as documented
  return { callId, approvalId: approval.id, link: '', expiresAt: '' }
}

describe('as a task', () => {
  const create = async (claw: ParkedClaw) => resultOf(await ask(claw, 'tools/call', call, tasks))
  const get = async (claw: ParkedClaw, taskId: string) => resultOf(await ask(claw, 'tasks/get', { taskId }, tasks))

  test('a call that waits for a member is one that works until it is decided, and holds the answer then', async () => {
    await using claw = await startWithMember()
    const task = await create(claw)
    expect(task).toMatchObject({
      resultType: 'task',
      taskId: expect.stringMatching(/^call_/),
      status: 'working',
      statusMessage: expect.stringContaining(`${claw.url}/approvals/appr_`),
      createdAt: '2026-01-15T12:00:00.000Z',
      lastUpdatedAt: '2026-01-15T12:00:00.000Z',
      ttlMs: 48 * 60 * 60 * 1000,
      pollIntervalMs: 5000,
    })
    expect(await get(claw, task.taskId)).toMatchObject({ resultType: 'complete', status: 'working' })
    const parked = await approvalOf(claw, task.taskId)
    await approve(claw, parked)
    await progress(claw, parked)
    const done = await get(claw, task.taskId)
    expect(done).toMatchObject({
      status: 'completed',
      result: { structuredContent: { callId: task.taskId, outcome: 'succeeded' }, content: [{ type: 'text' }] },
    })
    expect(done).not.toHaveProperty('statusMessage')
    expect(sent(claw)).toEqual([refund.sent])
  })

  test('a call that was denied is a completed task with an error for the model', async () => {
    await using claw = await startWithMember()
    const { taskId } = await create(claw)
    const { approvalId } = await approvalOf(claw, taskId)
    await claw.ada.rest('POST', `/approvals/${approvalId}/deny`, { word: 'No.' })
    expect(await get(claw, taskId)).toMatchObject({
      status: 'completed',
      result: { isError: true, structuredContent: { error: { code: 'approval_denied' } } },
    })
  })

  test('a call that need not wait is answered at once', async () => {
    await using claw = await startWithMember()
    const read = { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_whoami' } }
    expect(resultOf(await ask(claw, 'tools/call', read, tasks))).toMatchObject({
      resultType: 'complete',
      structuredContent: { outcome: 'succeeded' },
    })
  })

  test('can be withdrawn while nobody has decided', async () => {
    await using claw = await startWithMember()
    const { taskId } = await create(claw)
    const parked = await approvalOf(claw, taskId)
    expect(await ask(claw, 'tasks/cancel', { taskId }, tasks)).toHaveProperty('result')
    expect(await get(claw, taskId)).toMatchObject({ status: 'cancelled' })
    expect(await approve(claw, parked)).toMatchObject({ status: 409 })
    await ask(claw, 'tasks/cancel', { taskId }, tasks)
    expect(sent(claw)).toEqual([])
    expect(await claw.rows('usage')).toHaveLength(1)
  })

  test('is one of its own agent alone, and there is none of a call that never was parked', async () => {
    await using claw = await startWithMember()
    const { taskId } = await create(claw)
    const other = await claw.newKey({ agent: 'another' })
    const plain = String((await claw.call('sandbox_whoami')).body.callId)
    for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
      expect(await ask(claw, method, { taskId }, tasks, other)).toMatchObject({ error: { code: -32602 } })
      for (const id of [plain, 'call_nothing', ''])
        expect(await ask(claw, method, { taskId: id }, tasks)).toMatchObject({ error: { code: expect.any(Number) } })
    }
    expect(await get(claw, taskId)).toMatchObject({ status: 'working' })
  })

  test('is not for clients that do not declare the extension', async () => {
    await using claw = await startWithMember()
    const told = resultOf(await ask(claw, 'tools/call', call, {}))
    expect(told).toMatchObject({ resultType: 'complete', structuredContent: { status: 'approval_required' } })
    const taskId = String(told.structuredContent.callId)
    expect(await ask(claw, 'tasks/get', { taskId }, {})).toMatchObject({ error: { code: -32021 } })
    expect((await claw.mcp('tasks/get', { taskId })).body).toHaveProperty('error')
  })
})

test('where a provider’s tools are listed one by one, a call that waits can be followed too', async () => {
  await using claw = await startWithMember()
  const path = '/mcp?provider=sandbox'
  const said = async (method: string, params: Json) => {
    const { headers, body } = modern(method, params)
    const { text } = await mcpWire(claw).send({
      method: 'POST',
      path,
      headers: { ...headers, authorization: `Bearer ${claw.key}` },
      body,
    })
    return resultOf(messagesOf(text)[0] as Json) // JSON-RPC 2.0
  }
  const { structuredContent } = await said('tools/call', { name: refund.tool, arguments: refund.arguments })
  expect(structuredContent).toMatchObject({ status: 'approval_required' })
  const callId = String(structuredContent.callId)
  const names = ((await said('tools/list', {})).tools as { name: string }[]).map(({ name }) => name) // 2026-07-28
  expect(names).toContain('clawlink_get_call')
  const told = await said('tools/call', { name: 'clawlink_get_call', arguments: { callId } })
  expect(told.structuredContent).toMatchObject({ callId, state: 'parked' })
})

describe('by a link in the middle of a call', () => {
  test('the client shows it, comes back, and gets the answer', async () => {
    await using claw = await startWithMember()
    const asked = resultOf(await ask(claw, 'tools/call', call, links))
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: { approval: { method: 'elicitation/create', params: { mode: 'url' } } },
      requestState: expect.any(String),
    })
    const [approval] = await claw.app.db.read.selectFrom('approvals').selectAll().execute()
    const url = `${claw.url}/approvals/${approval?.id}`
    expect(asked).toMatchObject({ inputRequests: { approval: { params: { url } } } })
    await approve(claw, { callId: '', approvalId: approval?.id ?? '', link: '', expiresAt: '' })
    const again = { ...call, requestState: asked.requestState, inputResponses: { approval: { action: 'accept' } } }
    expect(resultOf(await ask(claw, 'tools/call', again, links))).toMatchObject({
      structuredContent: { callId: approval?.call_id, outcome: 'succeeded' },
    })
    expect(sent(claw)).toEqual([refund.sent])
  })

  test('a state that was changed, made up or made for another agent is refused', async () => {
    await using claw = await startWithMember()
    const { requestState } = resultOf(await ask(claw, 'tools/call', call, links))
    const state = String(requestState)
    const other = await claw.newKey({ agent: 'another' })
    const retry = (given: string, key = claw.key) =>
      ask(
        claw,
        'tools/call',
        { ...call, requestState: given, inputResponses: { approval: { action: 'accept' } } },
        links,
        key,
      )
    for (const wrong of [`${state.slice(0, -6)}AAAAAA`, 'x', '1.', `9.${state.slice(2)}`])
      expect(await retry(wrong)).toMatchObject({ error: { code: -32602 } })
    expect(await retry(state, other)).toMatchObject({ error: { code: -32602 } })
  })
})
