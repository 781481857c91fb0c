/** A preview shows the request that a call would send, exactly, and sends nothing. */
import { describe, expect, test } from 'vitest'
import { startClawLink } from '../kit/clawlink.ts'
import { keyedWrite, letter, read, repeatableWrite, write } from './tools.ts'

const calls = [
  { ...read, effect: 'read' },
  { ...write, effect: 'write' },
  { ...repeatableWrite, effect: 'write' },
  { tool: 'sandbox_search_messages', args: { q: 'a b&c', limit: '5' }, effect: 'read' },
  { tool: 'sandbox_delete_message', args: { id: 'a/b' }, effect: 'destructive' },
  { tool: 'sandbox_refund_payment', args: { id: 'pay_1' }, effect: 'destructive' },
]

test.each(calls)('of $tool is the request that the call then sends', async ({ tool, args, effect }) => {
  await using claw = await startClawLink()
  const { status, body } = await claw.rest('POST', `/tools/${tool}/preview`, { body: { arguments: args } })
  expect(status).toBe(200)
  expect(claw.sandbox.requests).toEqual([])
  expect(body).toMatchObject({ tool, effect, needsApproval: false, connection: { account: 'mara@fernhollow.example' } })
  const {
    method,
    url,
    headers,
    body: content,
  } = body.request as {
    method: string
    url: string
    headers: Record<string, string>
    body?: unknown
  } // as the OpenAPI document says

  await claw.call(tool, args)
  const [sent] = claw.sandbox.requests
  expect([sent?.method, `${claw.sandbox.url}${sent?.path}`]).toEqual([method, url])
  expect(sent?.body === '' ? undefined : JSON.parse(sent?.body ?? '')).toEqual(content)
  expect(headers.authorization).toBe('Bearer •••')
  expect(sent?.headers).toMatchObject({ ...headers, authorization: `Bearer ${claw.sandbox.apiKey}` })
  const added = Object.keys(sent?.headers ?? {}).filter(name => !(name in headers))
  expect(added.toSorted()).toEqual(
    content === undefined ? ['connection', 'host'] : ['connection', 'content-length', 'host'],
  )
})

test('of a keyed write carries a key of its own, since the call will be another', async () => {
  await using claw = await startClawLink()
  const { body } = await claw.rest('POST', `/tools/${keyedWrite.tool}/preview`, {
    body: { arguments: keyedWrite.args },
  })
  const called = await claw.call(keyedWrite.tool, keyedWrite.args)
  const key = Object(body.request).headers['idempotency-key']
  expect(key).toMatch(/^call_/)
  expect(claw.sandbox.requests[0]?.headers['idempotency-key']).toBe(called.body.callId)
  expect(key).not.toBe(called.body.callId)
})

describe('is refused for what the call would be refused for', () => {
  test.each([
    ['an unknown tool', 'sandbox_nothing', { arguments: {} }, 'tool_not_found'],
    ['wrong arguments', 'sandbox_send_message', { arguments: { to: [] } }, 'validation_error'],
    ['a path that leads elsewhere', 'sandbox_get_message', { arguments: { id: '..' } }, 'validation_error'],
    ['an unknown connection', 'sandbox_whoami', { connection: 'nothing' }, 'connection_not_found'],
    ['a made-up next', 'sandbox_list_payments', { next: 'nothing' }, 'validation_error'],
  ])('%s', async (_, tool, body, code) => {
    await using claw = await startClawLink()
    const preview = await claw.rest('POST', `/tools/${tool}/preview`, { body })
    const call = await claw.rest('POST', `/tools/${tool}/calls`, { body })
    expect([preview.body.code, call.body.code]).toEqual([code, code])
    expect(preview.status).toBe(call.status)
    expect(claw.sandbox.requests).toEqual([])
  })
})

test('needs no credential to open, and shows the arguments as they will be sent', async () => {
  await using claw = await startClawLink()
  const other = await claw.otherProcess()
  await other.write(tx => tx.updateTable('credentials').set({ sealed: 'AAAA' }).execute())
  const { body } = await claw.rest('POST', '/tools/sandbox_send_message/preview', {
    body: { arguments: { ...letter, to: letter.to[0] } },
  })
  expect(body).toMatchObject({
    request: { body: letter },
    coerced: [{ field: 'to', from: '"zoe@gable.example"', to: '["zoe@gable.example"]' }],
  })
})
