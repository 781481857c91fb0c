import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  oauth2At,
  plainAnswer as plain,
  type Run,
  refreshGrant as refresh,
  runEngine,
  startEngine,
} from '../../../test/kit/oauth-engine.ts'
import type { Scripted } from '../../../test/kit/token-provider.ts'
import type { TokenFacts } from '../../catalog/auth.ts'
import type { Refused } from './refusal.ts'

const nowMs = Date.UTC(2026, 0, 15, 12)
let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  engine = await startEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())

const run = (asked: Run) => runEngine(engine, asked)
const way = (facts: Parameters<typeof oauth2At>[1] = {}) => oauth2At(engine.provider.url, facts)

describe('an answer is understood in the shape that the provider gives it', () => {
  const hour = nowMs + 3600_000
  const rows: [what: string, facts: Partial<TokenFacts>, answer: Scripted, gives: object][] = [
    [
      'as RFC 6749 says',
      {},
      { body: { ...plain, refresh_token: 'rt-1', scope: 'a b' } },
      {
        parts: { access_token: 'at-1', refresh_token: 'rt-1' },
        expiresAt: hour,
        scopes: ['a', 'b'],
        refreshable: true,
      },
    ],
    [
      'without a refresh token',
      {},
      { body: plain },
      { refreshable: false, expiresAt: hour, scopes: null, metadata: {} },
    ],
    ['with 201', {}, { status: 201, body: plain }, { parts: { access_token: 'at-1' } }],
    [
      'without a token_type',
      {},
      { body: { access_token: 'at-1' } },
      { parts: { access_token: 'at-1' }, expiresAt: null },
    ],
    [
      'of another token_type',
      {},
      { body: { access_token: 'at-1', token_type: 'user' } },
      { parts: { access_token: 'at-1' } },
    ],
    [
      'form-encoded, called JSON',
      {},
      {
        headers: { 'content-type': 'application/json' },
        body: 'access_token=a%2Ft+1&refresh_token=rt-1&expires_in=3600&scope=a%2Cb',
      },
      { parts: { access_token: 'a/t 1', refresh_token: 'rt-1' }, expiresAt: hour, scopes: ['a', 'b'] },
    ],
    [
      'JSON, called text',
      {},
      { body: `\uFEFF ${JSON.stringify(plain)}` },
      { parts: { access_token: 'at-1' }, expiresAt: hour },
    ],
    ['expires_in as a text', {}, { body: { ...plain, expires_in: '3600' } }, { expiresAt: hour }],
    ['expires_in with a fraction', {}, { body: { ...plain, expires_in: 3599.5 } }, { expiresAt: hour - 500 }],
    ['expires_in of 0, which is for ever', {}, { body: { ...plain, expires_in: 0 } }, { expiresAt: null }],
    [
      'expires_in null, with a usual lifetime',
      { lifetimeS: 60 },
      { body: { ...plain, expires_in: null } },
      { expiresAt: nowMs + 60_000 },
    ],
    [
      'no expires_in, with a usual lifetime',
      { lifetimeS: 60 },
      { body: { access_token: 'a' } },
      { expiresAt: nowMs + 60_000 },
    ],
    [
      'a time in seconds that wins over a lifetime',
      { answer: { expiresAt: 'expires_at' } },
      { body: { ...plain, expires_at: hour / 1000 + 1 } },
      { expiresAt: hour + 1000 },
    ],
    [
      'a time in milliseconds',
      { answer: { expiresAt: 'exp' } },
      { body: { access_token: 'a', exp: String(hour) } },
      { expiresAt: hour },
    ],
    [
      'a time as ISO 8601',
      { answer: { expiresAt: 'at' } },
      { body: { access_token: 'a', at: '2026-01-15T13:00:00Z' } },
      { expiresAt: hour },
    ],
    [
      'scopes as a list',
      { answer: { scope: 'scopes' } },
      { body: { ...plain, scopes: ['a', 'b'] } },
      { scopes: ['a', 'b'] },
    ],
    ['no scope granted', {}, { body: { ...plain, scope: '' } }, { scopes: [] }],
    [
      'nested, good by a field of its own',
      {
        answer: {
          accessToken: 'data.user.token',
          refreshToken: 'data.user.refresh',
          expiresIn: 'data.ttl',
          scope: 'data.scope',
          good: ['ok', true],
        },
      },
      {
        body: {
          ok: true,
          error: 'none',
          access_token: 'of the bot',
          data: { user: { token: 'at-1', refresh: 'rt-1' }, ttl: '3600', scope: 'a,b' },
        },
      },
      { parts: { access_token: 'at-1', refresh_token: 'rt-1' }, expiresAt: hour, scopes: ['a', 'b'] },
    ],
    [
      'with values to remember, but none that is secret',
      {
        keep: {
          instance: 'instance_url',
          team: 'team.id',
          live: 'livemode',
          no: 'none',
          oops: 'access_token',
          echo: 'echo',
        },
      },
      {
        body: {
          ...plain,
          access_token: 'at-1-long',
          instance_url: 'https://eu.example',
          team: { id: 7 },
          livemode: false,
          echo: 'v: at-1-long',
        },
      },
      { metadata: { instance: 'https://eu.example', team: '7', live: 'false' } },
    ],
    [
      'with an empty error beside the token',
      {},
      { body: { ...plain, error: '', error_code: 0 } },
      { parts: { access_token: 'at-1' } },
    ],
  ]
  test.each(rows)('%s', async (_, facts, answer, gives) => {
    const { result } = await run({ auth: way(facts), answers: [answer] })
    expect(result).toMatchObject(gives)
    if ('metadata' in gives) expect(result).toHaveProperty('metadata', gives.metadata)
  })
})

describe('a refusal is told from every other one', () => {
  const rows: [answer: Scripted, refused: Refused, code: string, facts?: Partial<TokenFacts>][] = [
    [{ status: 400, body: { error: 'invalid_grant' } }, 'invalid_grant', 'authentication_failed'],
    [
      { status: 200, body: 'error=bad_refresh_token&error_description=expired' },
      'invalid_grant',
      'authentication_failed',
    ],
    [
      { status: 200, body: { ok: false, error: 'token_revoked' } },
      'invalid_grant',
      'authentication_failed',
      { answer: { good: ['ok', true] } },
    ],
    [{ status: 500, body: { error: 'invalid_grant' } }, 'invalid_grant', 'authentication_failed'],
    [
      { status: 400, body: { fault: { kind: 'invalid_grant' } } },
      'invalid_grant',
      'authentication_failed',
      { answer: { error: 'fault.kind' } },
    ],
    [{ status: 401, body: { error: 'invalid_client' } }, 'client', 'authentication_failed'],
    [{ status: 200, body: { error: 'incorrect_client_credentials' } }, 'client', 'authentication_failed'],
    [{ status: 403, body: { error: 'access_denied' } }, 'denied', 'permission_denied'],
    [{ status: 428, body: { error: 'authorization_pending' } }, 'pending', 'in_progress'],
    [{ status: 403, body: { error: 'slow_down' } }, 'slow_down', 'in_progress'],
    [{ status: 400, body: { error: 'expired_token' } }, 'expired', 'authentication_failed'],
    [{ status: 429, body: '' }, 'unavailable', 'rate_limited'],
    [{ status: 503, body: '<html>down</html>' }, 'unavailable', 'provider_unavailable'],
    [{ status: 400, body: { error: 'temporarily_unavailable' } }, 'unavailable', 'provider_unavailable'],
    [{ status: 400, body: { error: 'invalid_request' } }, 'other', 'provider_unavailable'],
    [{ status: 401, body: { message: 'no' } }, 'other', 'provider_unavailable'],
    [{ status: 200, body: { ok: false } }, 'other', 'provider_unavailable', { answer: { good: ['ok', true] } }],
    [{ status: 200, body: '<html><a href="?a=b">Sign in</a></html>' }, 'other', 'provider_unavailable'],
    [{ status: 200, body: {} }, 'other', 'provider_unavailable'],
    [{ status: 204 }, 'other', 'provider_unavailable'],
    [{ status: 200, body: { access_token: 'a\r\nx-injected: 1' } }, 'other', 'provider_unavailable'],
    [{ status: 200, body: { access_token: { nested: 1 } } }, 'other', 'provider_unavailable'],
    [
      { status: 200, body: { access_token: 'of the bot' } },
      'other',
      'provider_unavailable',
      { answer: { accessToken: 'user.token' } },
    ],
  ]
  test.each(rows)('%j is %s (%s)', async (answer, refused, faultCode, facts = {}) => {
    const { result } = await run({ auth: way(facts), answers: [answer] })
    expect(result).toMatchObject({ refused, reached: 'answered', fault: { code: faultCode } })
  })

  test('the time to wait is told', async () => {
    const { result } = await run({ auth: way(), answers: [{ status: 429, headers: { 'retry-after': '7' } }] })
    expect(result).toMatchObject({
      refused: 'unavailable',
      fault: { details: { retryAfterMs: 7000, providerStatus: 429 } },
    })
  })

  test('in the words of the provider, on one short line, without a secret of the request', async () => {
    const secrets = ['s/e+c r:et%', 's%2Fe%2Bc%20r%3Aet%25', 's%2Fe%2Bc+r%3Aet%25', 'rt-old', 'at-old']
    const error_description = `Bad\r\n refresh\u2028token: ${secrets.join(' | ')}. ${'x'.repeat(1000)}`
    const { result } = await run({
      auth: way(),
      grant: refresh(),
      answers: [{ status: 400, body: { error: 'invalid_grant', error_description } }],
    })
    const fault = 'fault' in result ? result.fault : undefined
    expect(fault?.message).toMatch(
      /^Acme no longer accepts this sign-in\. It says: invalid_grant: Bad refresh token: ••• \| ••• \| ••• \| ••• \| •••\. x+…$/,
    )
    expect(fault?.message.length).toBeLessThan(300)
    expect(JSON.stringify(result)).not.toMatch(/rt-old|at-old|et%/)
  })
})
