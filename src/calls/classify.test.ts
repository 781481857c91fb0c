import { describe, expect, test } from 'vitest'
import { buildCatalog, type Tool } from '../catalog/catalog.ts'
import { apiKey, type Connector, connector, tool } from '../catalog/define.ts'
import { Fault } from '../core/errors.ts'
import { type LossReason, lost, type Reached } from '../net/wire.ts'
import { classify } from './classify.ts'

const now = Date.UTC(2026, 0, 15, 12)

function toolOf(api: Partial<Connector['api']> = {}, more: { graphql?: string } = {}): Tool {
  const demo = connector({
    name: 'Demo',
    about: 'A demo.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'https://demo.example', message: ['error.message', 'message'], ...api },
    tools: { act: tool({ about: 'Act.', input: {}, request: 'POST /act', ...more }) },
  })
  const made = buildCatalog({ demo }).tools.get('demo_act')
  if (!made) throw new Error('no tool')
  return made
}

const json = { 'content-type': 'application/json' }
const answer = (status: number, body: unknown, headers: Record<string, string> = json) => ({
  kind: 'answered' as const,
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})

describe('a loss on the wire', () => {
  const codes: Record<LossReason, string> = {
    blocked_address: 'policy_denied',
    bad_request: 'validation_error',
    no_host: 'provider_unavailable',
    dns: 'provider_unavailable',
    refused: 'provider_unavailable',
    tls: 'provider_unavailable',
    connect_timeout: 'timeout',
    timeout: 'timeout',
    closed: 'provider_unavailable',
    too_large: 'payload_too_large',
    malformed: 'provider_unavailable',
    redirect: 'provider_unavailable',
    unkept: 'internal',
  }
  const passing = ['dns', 'refused', 'connect_timeout', 'timeout', 'closed']
  describe.each(['not_sent', 'maybe_sent'] as Reached[])('%s', reached => {
    test.each(Object.entries(codes))('%s becomes %s, and is never the provider’s own word', (reason, code) => {
      const loss = lost(reached, reason as LossReason, 'It broke.') // a key of the table
      expect(classify(toolOf(), loss, now)).toMatchObject({
        ok: false,
        reached,
        trusted: false,
        passing: passing.includes(reason),
        fault: { code, message: 'Demo: It broke.' },
      })
    })
  })
})

describe('a status', () => {
  test.each([200, 201, 202, 203, 204, 206, 299])('%i is a success', status => {
    expect(classify(toolOf(), answer(status, { a: 1 }), now)).toMatchObject({ ok: true, status, body: { a: 1 } })
  })

  /** The provider itself refused: it certainly did not act. */
  test.each([
    [400, 'validation_error'],
    [401, 'authentication_failed'],
    [402, 'quota_exceeded'],
    [403, 'permission_denied'],
    [404, 'not_found'],
    [405, 'validation_error'],
    [406, 'validation_error'],
    [408, 'timeout'],
    [409, 'conflict'],
    [410, 'not_found'],
    [412, 'conflict'],
    [413, 'payload_too_large'],
    [415, 'validation_error'],
    [418, 'validation_error'],
    [422, 'validation_error'],
    [423, 'conflict'],
    [429, 'rate_limited'],
    [451, 'permission_denied'],
    [499, 'validation_error'],
  ])('%i becomes %s: a refusal that can be trusted', (status, code) => {
    for (const body of [{ message: 'no' }, '', 'nonsense']) {
      expect(classify(toolOf(), answer(status, body), now)).toMatchObject({
        ok: false,
        reached: 'answered',
        trusted: true,
        passing: status === 429,
        fault: { code, details: { providerStatus: status } },
      })
    }
  })

  /** It says nothing about whether the request was carried out. */
  test.each([300, 301, 302, 303, 304, 307, 308, 500, 501, 502, 503, 504, 520, 599])(
    '%i becomes provider_unavailable: it may have acted',
    status => {
      expect(classify(toolOf(), answer(status, { message: 'no' }), now)).toMatchObject({
        ok: false,
        reached: 'answered',
        trusted: false,
        passing: status >= 500,
        fault: { code: 'provider_unavailable', details: { providerStatus: status } },
      })
    },
  )
})

describe('a success that cannot be read', () => {
  test.each([
    ['a web page', answer(200, '<html>', { 'content-type': 'text/html' }), 'Demo answered 200: a web page came'],
    ['broken JSON', answer(201, '{"a":'), 'Demo answered 201: the answer is not valid JSON.'],
    ['another type', answer(200, 'x', { 'content-type': 'image/png' }), 'Demo answered 200: the answer is of type'],
  ])('is no success, and it may have acted: %s', (_, result, message) => {
    expect(classify(toolOf(), result, now)).toMatchObject({
      ok: false,
      reached: 'answered',
      trusted: false,
      passing: false,
      fault: { code: 'provider_unavailable', message: expect.stringContaining(message) },
    })
  })
})

describe('the rules of a connector', () => {
  const tool = toolOf({
    errors: [
      { status: 200, body: ['ok', false], code: 'provider_unavailable' },
      { status: 403, header: ['x-remaining', '0'], code: 'rate_limited' },
      { status: 403, body: ['error.code', 'scope'], code: 'missing_scope', message: 'error.needed' },
      { body: ['errors', true], code: 'conflict' },
    ],
  })

  test.each([
    ['an error under 200', answer(200, { ok: false, message: 'locked' }), 'provider_unavailable', 'locked'],
    ['a header', answer(403, {}, { ...json, 'x-remaining': '0' }), 'rate_limited', undefined],
    ['a value in the body', answer(403, { error: { code: 'scope', needed: 'mail' } }), 'missing_scope', 'mail'],
    ['any value in the body', answer(200, { errors: ['a'] }), 'conflict', undefined],
    ['any value in the body, also under 500', answer(500, { errors: 'a' }), 'conflict', undefined],
  ])('win over the status and can be trusted: %s', (_, result, code, said) => {
    const classified = classify(tool, result, now)
    expect(classified).toMatchObject({ ok: false, trusted: true, fault: { code } })
    if (said && !classified.ok) expect(classified.fault.message).toContain(`: ${said}`)
  })

  test.each([
    ['another status', answer(201, { ok: false })],
    ['another value', answer(200, { ok: true })],
    ['an empty list', answer(200, { errors: [] })],
    ['an empty text', answer(200, { errors: '' })],
    ['no value', answer(200, { errors: null })],
  ])('do not match %s', (_, result) => {
    expect(classify(tool, result, now).ok).toBe(true)
  })

  test('the first that matches is the one', () => {
    const result = answer(403, { error: { code: 'scope' } }, { ...json, 'x-remaining': '0' })
    expect(classify(tool, result, now)).toMatchObject({ fault: { code: 'rate_limited' } })
  })
})

describe('a rule for a failure inside the provider', () => {
  test('says nothing about whether it acted, and may pass', () => {
    const tool = toolOf({ errors: [{ body: ['error', 'internal'], code: 'provider_unavailable', unsure: true }] })
    expect(classify(tool, answer(200, { error: 'internal' }), now)).toMatchObject({
      ok: false,
      trusted: false,
      passing: true,
      fault: { code: 'provider_unavailable' },
    })
  })

  test('of any other kind is the provider’s word that it did not act, and lasts, unless it is about a rate limit', () => {
    for (const code of ['provider_unavailable', 'conflict', 'rate_limited'] as const) {
      const tool = toolOf({ errors: [{ status: 500, code }] })
      expect(classify(tool, answer(500, {}), now)).toMatchObject({ trusted: true, passing: code === 'rate_limited' })
    }
  })
})

test('a refusal in plain text is told in those words', () => {
  const plain = answer(400, 'invalid\nid', { 'content-type': 'text/plain; charset=utf-8' })
  expect(classify(toolOf(), plain, now)).toMatchObject({ fault: { message: 'Demo answered 400: invalid id' } })
})

describe('GraphQL errors', () => {
  const errors = [{ message: 'No such field.', extensions: { code: 'X' } }]
  const limitRule = { body: ['errors.0.extensions.code', 'X'] as [string, string], code: 'rate_limited' as const }

  test.each([
    ['without data', { errors }],
    ['with null for data', { errors, data: null }],
    ['with nothing but nulls for data', { errors, data: { makeIssue: null } }],
  ])('%s are a refusal that can be trusted', (_, body) => {
    expect(classify(toolOf({}, { graphql: '{ a }' }), answer(200, body), now)).toMatchObject({
      ok: false,
      trusted: true,
      passing: false,
      fault: { code: 'validation_error', message: 'Demo answered 200: No such field.' },
    })
    expect(classify(toolOf({ errors: [limitRule] }, { graphql: '{ a }' }), answer(200, body), now)).toMatchObject({
      trusted: true,
      passing: true,
      fault: { code: 'rate_limited' },
    })
  })

  test('beside data are a failure of what may have been carried out', () => {
    const body = { errors, data: { makeIssue: { id: 1 }, other: null } }
    for (const api of [{}, { errors: [limitRule] }])
      expect(classify(toolOf(api, { graphql: '{ a }' }), answer(200, body), now)).toMatchObject({ trusted: false })
  })

  test.each([
    [400, 'validation_error', true],
    [401, 'authentication_failed', true],
    [429, 'rate_limited', true],
    [500, 'provider_unavailable', false],
  ])('under %i are what that status says', (status, code, trusted) => {
    expect(classify(toolOf({ message: [] }, { graphql: '{ a }' }), answer(status, { errors }), now)).toMatchObject({
      ok: false,
      trusted,
      fault: { code, message: `Demo answered ${status}: No such field.` },
    })
    const beside = answer(status, { errors, data: { makeIssue: { id: 1 } } })
    expect(classify(toolOf({}, { graphql: '{ a }' }), beside, now)).toMatchObject({ trusted: false })
  })

  test('in the data, where a rule looks for them, are a refusal that can be trusted', () => {
    const body = { data: { makeIssue: { issue: null, userErrors: [{ message: 'No title.' }] } } }
    const rule = { body: ['data.makeIssue.userErrors', true] as [string, true], code: 'validation_error' as const }
    expect(classify(toolOf({ errors: [rule] }, { graphql: '{ a }' }), answer(200, body), now)).toMatchObject({
      ok: false,
      trusted: true,
      passing: false,
    })
  })

  test.each([{ data: { a: 1 } }, { data: { a: 1 }, errors: [] }, { data: null }])('are not in %j', body => {
    expect(classify(toolOf({}, { graphql: '{ a }' }), answer(200, body), now).ok).toBe(true)
  })

  test('of an API that is none of GraphQL are part of its answer', () => {
    expect(classify(toolOf(), answer(200, { errors }), now).ok).toBe(true)
  })
})

describe('when to come back', () => {
  const retryAfter = { ...json, 'retry-after': '9' }
  test.each([
    [429, 9000],
    [503, 9000],
    [500, 9000],
    [404, undefined],
    [409, undefined],
  ])('after a %i is told when it helps', (status, retryAfterMs) => {
    const classified = classify(toolOf(), answer(status, {}, retryAfter), now)
    expect(classified.ok ? undefined : classified.fault.details.retryAfterMs).toBe(retryAfterMs)
  })

  test('is not read out of a success', () => {
    expect(classify(toolOf(), answer(200, {}, retryAfter), now)).not.toHaveProperty('fault')
  })
})

describe('the provider’s own words', () => {
  test.each([
    [{ error: { message: 'first' }, message: 'second' }, 'Demo answered 400: first'],
    [{ message: 'second' }, 'Demo answered 400: second'],
    [{ message: ['a', 'b'] }, 'Demo answered 400: ["a","b"]'],
    [{ message: '' }, 'Demo answered 400.'],
    [{ message: null }, 'Demo answered 400.'],
    [{}, 'Demo answered 400.'],
    [{ message: 'a\r\nb\u0000c\u200bd\u202ee' }, 'Demo answered 400: a b c d e'],
    [{ message: 'x'.repeat(900) }, `Demo answered 400: ${'x'.repeat(500)}`],
  ])('%j', (body, message) => {
    const said = message !== 'Demo answered 400.'
    const details = { providerStatus: 400, ...(said && { untrusted: true as const }) }
    expect(classify(toolOf(), answer(400, body), now)).toHaveProperty(
      'fault',
      new Fault('validation_error', message, details),
    )
  })
})
