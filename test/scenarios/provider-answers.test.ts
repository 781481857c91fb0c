/** What a call comes to when the provider answers, well or badly, in its own words. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink } from '../kit/clawlink.ts'
import { ask, play, type Scenario, surfaces } from '../kit/scenario.ts'
import { account, keyedWrite, letter, read, repeatableWrite, write } from './tools.ts'

const message = account.store.messages[0]?.id ?? ''
const ok = { status: 200, answer: { outcome: 'succeeded' } } as const

describe('a good answer', () => {
  play([
    {
      guarantee: 'of a read is given as data',
      ...read,
      status: 200,
      answer: { outcome: 'succeeded', data: [{ name: 'inbox' }, {}, {}] },
      providerStatus: 200,
    },
    {
      guarantee: 'of a write is given as data, and the write happened once',
      ...write,
      status: 200,
      answer: { outcome: 'succeeded', data: { ...letter, folder: 'sent' } },
      providerStatus: 201,
      afterwards({ sandbox }) {
        expect(sandbox.store.messages.filter(({ subject }) => subject === letter.subject)).toHaveLength(1)
      },
    },
    {
      guarantee: 'without a body is null',
      tool: 'sandbox_delete_message',
      args: { id: message },
      sent: [`DELETE /mail/messages/${message}`],
      status: 200,
      answer: { outcome: 'succeeded', data: null },
      providerStatus: 204,
    },
    {
      guarantee: 'in plain text is given as text',
      tool: 'sandbox_whoami',
      faults: [{ kind: 'status', status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' }],
      sent: ['GET /me'],
      status: 200,
      answer: { outcome: 'succeeded', data: 'hello' },
      providerStatus: 200,
    },
    {
      guarantee: 'of a keyed write happened once, under the id of the call',
      ...keyedWrite,
      ...ok,
      providerStatus: 201,
      afterwards({ sandbox }, { callId }) {
        expect([...sandbox.store.idempotency.keys()]).toEqual([callId])
      },
    },
  ])
})

test('a number keeps all its digits, over REST and MCP, kept for a repeated request or given at once', async () => {
  await using claw = await startClawLink()
  const sent = '{"id":12345678901234567890,"price":1.10}'
  const headers = { 'content-type': 'application/json' }
  claw.sandbox.script(...[1, 2].map(() => ({ kind: 'status', status: 200, headers, body: sent }) as const))
  const post = async (path: string, body: unknown, more: Record<string, string> = {}) =>
    claw.http({
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${claw.key}`,
        ...more,
      },
      body: JSON.stringify(body),
    })
  const overRest = () => post('/api/v1/tools/sandbox_whoami/calls', { arguments: {} }, { 'idempotency-key': 'k' })
  const first = await overRest()
  expect(first.text).toContain(`"data":${sent}}`)
  const again = await overRest()
  expect(again.text).toBe(first.text.replace('"data":', '"replayed":true,"data":'))

  const params = { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_whoami', arguments: {} } }
  const { text } = await post('/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const { result } = JSON.parse(text)
  expect(result.content[0].text).toContain(`"data":${sent}}`)
  expect(text).toContain(`"structuredContent":${result.content[0].text}`)
  expect(result.structuredContent).toEqual(JSON.parse(result.content[0].text))
})

describe('a refusal by the provider', () => {
  const refusals: [words: string, fault: Fault, expected: Pick<Scenario, 'status' | 'answer'>][] = [
    ['401', { kind: 'status', status: 401 }, refused(401, 'authentication_failed', 401)],
    ['403', { kind: 'status', status: 403 }, refused(403, 'permission_denied', 403)],
    [
      '403 for a missing scope',
      { kind: 'status', status: 403, body: { error: { code: 'missing_scope', message: 'It lacks "mail".' } } },
      {
        status: 403,
        answer: { outcome: 'failed', code: 'missing_scope', message: 'Sandbox answered 403: It lacks "mail".' },
      },
    ],
    ['404', { kind: 'status', status: 404 }, refused(404, 'not_found', 404)],
    ['409', { kind: 'status', status: 409 }, refused(409, 'conflict', 409)],
    ['410', { kind: 'status', status: 410 }, refused(404, 'not_found', 410)],
    ['413', { kind: 'status', status: 413 }, refused(413, 'payload_too_large', 413)],
    [
      '422 with the fields',
      {
        kind: 'status',
        status: 422,
        body: { error: { message: 'no', fields: [{ field: 'to', message: 'no address' }] } },
      },
      {
        status: 400,
        answer: { outcome: 'failed', code: 'validation_error', message: expect.stringContaining('no address') },
      },
    ],
    ['418', { kind: 'status', status: 418 }, refused(400, 'validation_error', 418)],
    ['429', { kind: 'rate_limit', retryAfter: 60 }, refused(429, 'rate_limited', 429, true)],
    [
      '200 with an error in it',
      { kind: 'ok_error', error: 'mailbox_locked' },
      {
        status: 502,
        answer: {
          outcome: 'failed',
          code: 'provider_unavailable',
          message: 'Sandbox answered 200: mailbox_locked',
          providerStatus: 200,
        },
      },
    ],
  ]

  function refused(status: number, code: string, providerStatus: number, retryable = false) {
    return { status, answer: { outcome: 'failed' as const, code, providerStatus, retryable } }
  }

  describe.each(refusals)('with %s', (_, fault, expected) => {
    play([
      { guarantee: 'fails a read', ...read, faults: [fault], ...expected },
      { guarantee: 'fails a write, which certainly did not happen', ...write, faults: [fault], ...expected },
      { guarantee: 'fails a write that may be repeated', ...repeatableWrite, faults: [fault], ...expected },
    ])
  })

  test.each(surfaces)('for a scope that the key lacks names it (%s)', async surface => {
    await using claw = await startClawLink({ connected: false })
    await claw.connect({ secret: account.limitedKey })
    const { answer } = await ask(claw, surface, { tool: 'sandbox_list_payments' })
    expect(answer).toMatchObject({
      outcome: 'failed',
      code: 'missing_scope',
      message: 'Sandbox answered 403: This API key lacks the scope "payments".',
    })
  })

  test.each(surfaces)('of a key that was revoked there says to reconnect (%s)', async surface => {
    await using claw = await startClawLink()
    claw.sandbox.revokeKey(claw.sandbox.apiKey)
    const { answer } = await ask(claw, surface, read)
    expect(answer).toMatchObject({
      outcome: 'failed',
      code: 'authentication_failed',
      fix: 'Ask the person to reconnect this connection with a valid credential.',
    })
  })
})

describe('an answer without the part that the tool gives', () => {
  play(
    [{}, { folder: [] }, [], null, 'text'].map(body => ({
      guarantee: `is no empty answer: ${JSON.stringify(body)}`,
      ...read,
      faults: [{ kind: 'status' as const, status: 200, body: JSON.stringify(body) }],
      status: 502,
      answer: {
        outcome: 'failed',
        code: 'output_mismatch',
        message: 'Sandbox answered 200 without "folders".',
        providerStatus: 200,
        retryable: false,
      },
    })),
  )

  play([
    {
      guarantee: 'is one when that part is empty',
      ...read,
      faults: [{ kind: 'status', status: 200, body: { folders: null } }],
      status: 200,
      answer: { outcome: 'succeeded', data: null },
      providerStatus: 200,
    },
  ])
})

describe('the words of a provider', () => {
  play([
    {
      guarantee: 'come on one line, no longer than 500 characters, and marked as content from outside',
      ...read,
      faults: [{ kind: 'status', status: 404, body: { error: { message: `a\r\nb\u0000c\u202ed${'e'.repeat(600)}` } } }],
      status: 404,
      answer: { outcome: 'failed', message: `Sandbox answered 404: a b c d${'e'.repeat(493)}`, untrusted: true },
    },
    {
      guarantee: 'that are no text are shown as JSON',
      ...read,
      faults: [{ kind: 'status', status: 404, body: { error: { message: { why: 'gone' } } } }],
      status: 404,
      answer: { outcome: 'failed', message: 'Sandbox answered 404: {"why":"gone"}' },
    },
    {
      guarantee: 'may be missing',
      ...read,
      faults: [{ kind: 'status', status: 404, body: {} }],
      status: 404,
      answer: { outcome: 'failed', code: 'not_found', message: 'Sandbox answered 404.' },
    },
  ])
})

describe('a provider that repeats the credential', () => {
  const key = account.apiKey

  test.each([
    ['as it is', (key: string) => JSON.stringify(key).slice(1, -1)],
    ['with escaped slashes', (key: string) => JSON.stringify(key).slice(1, -1).replaceAll('/', '\\/')],
    ['with other escapes', (key: string) => key.replace(/[^\w]/g, c => `\\u00${c.charCodeAt(0).toString(16)}`)],
    [
      'with capital escapes',
      (key: string) => key.replace(/[^\w]/g, c => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`),
    ],
  ])('does not show one that JSON has to escape, written %s', async (_, written) => {
    const awkward = 'sbx_"quoted\\back/slash+plus='
    await using claw = await startClawLink({ sandbox: { apiKey: awkward } })
    const body = `{"token":"${written(awkward)}"}`
    claw.sandbox.script({ kind: 'status', status: 200, body })
    const { body: answer } = await claw.call('sandbox_whoami')
    expect(answer).toMatchObject({ outcome: 'succeeded', data: { token: '•••' } })
  })

  test('in the link to the next page does not show it', async () => {
    await using claw = await startClawLink()
    const link = `<${claw.sandbox.url}/x?page=2&access_token=${key}>; rel="next"`
    claw.sandbox.script({ kind: 'status', status: 200, headers: { link }, body: [] })
    const { body } = await claw.call('sandbox_list_issues', { project: 'website' })
    expect(body).toMatchObject({ outcome: 'succeeded', next: expect.any(String) })
    expect(Buffer.from(String(body.next), 'base64url').toString()).not.toContain(key)
  })
  const echoes: [where: string, body: unknown][] = [
    ['in its data', { token: key, list: [`Bearer ${key}`, { [key]: key }] }],
    ['in its error', { error: { message: `The key ${key} may not do that.` } }],
  ]
  describe.each(echoes)('%s', (_, body) => {
    play(
      [200, 403].map(status => ({
        guarantee: `with ${status} does not show it to the caller, in the logs or in the record`,
        tool: 'sandbox_whoami',
        faults: [{ kind: 'status', status, body }],
        sent: ['GET /me'],
        status,
        answer: { outcome: status === 200 ? 'succeeded' : 'failed' },
        providerStatus: status,
        async afterwards(claw) {
          const rows = await Promise.all([claw.rows('usage'), claw.rows('connections'), claw.rows('credentials')])
          for (const text of [claw.answered(), claw.logged(), JSON.stringify(rows)]) expect(text).not.toContain(key)
        },
      })),
    )
  })
})
