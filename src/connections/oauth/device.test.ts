import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEngine, testClient, testClientForm } from '../../../test/kit/oauth-engine.ts'
import type { Scripted } from '../../../test/kit/token-provider.ts'
import { oauth2Device, type TokenFacts } from '../../catalog/auth.ts'
import { startDevice } from './device.ts'
import { requestToken } from './request-token.ts'

let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  engine = await startEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())

const nowMs = Date.UTC(2026, 0, 15, 12)
const started = {
  device_code: 'dc-1',
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://acme.example/device',
  expires_in: 900,
}

function contextOf(facts: Partial<TokenFacts> = {}) {
  const { url } = engine.provider
  const auth = oauth2Device({ device: `${url}/device`, token: `${url}/token`, scopes: [], ...facts })
  return { provider: { connector: { name: 'Acme' } }, auth, client: testClient, values: {} }
}

async function start(answer: Scripted, facts: Partial<TokenFacts> = {}) {
  engine.provider.asked.length = 0
  engine.provider.answers(answer)
  const result = await startDevice(engine.app, contextOf(facts), ['a', 'b'])
  return { result, asked: [...engine.provider.asked] }
}

describe('a code for another device (RFC 8628)', () => {
  test('is asked for with client and scopes', async () => {
    const { result, asked } = await start({ body: { ...started, interval: 7 } })
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/device', `${testClientForm}&scope=a+b`],
    ])
    expect(result).toEqual({
      deviceCode: 'dc-1',
      userCode: 'ABCD-EFGH',
      verificationUri: 'https://acme.example/device',
      expiresAt: nowMs + 900_000,
      intervalMs: 7000,
    })
  })

  test.each([
    [{ body: { ...started, expires_in: '900', interval: '7' } }, { expiresAt: nowMs + 900_000, intervalMs: 7000 }],
    [{ body: { ...started, expires_in: undefined } }, { expiresAt: nowMs + 600_000, intervalMs: 5000 }],
    [
      { body: { ...started, verification_uri: undefined, verification_url: 'https://acme.example/d' } },
      { verificationUri: 'https://acme.example/d' },
    ],
    [
      { body: { ...started, verification_uri_complete: 'https://acme.example/device?c=A' } },
      { verificationUriComplete: 'https://acme.example/device?c=A' },
    ],
    [
      { body: 'device_code=dc-1&user_code=AB&verification_uri=https%3A%2F%2Facme.example%2Fdevice&expires_in=900' },
      { userCode: 'AB', expiresAt: nowMs + 900_000 },
    ],
  ])('is understood in the answer %j', async (answer, gives) => {
    expect((await start(answer)).result).toMatchObject(gives)
  })

  test.each([
    [{ status: 401, body: { error: 'invalid_client' } }, 'authentication_failed'],
    [{ status: 200, body: { error: 'server_error' } }, 'provider_unavailable'],
    [{ body: { ...started, device_code: undefined } }, 'provider_unavailable'],
    [{ body: { ...started, verification_uri: 'javascript:alert(1)' } }, 'provider_unavailable'],
    [{ status: 307, headers: { location: '/elsewhere' } }, 'provider_unavailable'],
    [{ drop: true }, 'provider_unavailable'],
  ])('is not there after %j', async (answer, code) => {
    const { result, asked } = await start(answer)
    expect(asked).toHaveLength(1)
    expect(result).toMatchObject({ code })
    expect(JSON.stringify(result)).not.toContain('et%')
  })

  test('is waited for until the person has said yes, no, or nothing', async () => {
    const polls: [answer: Scripted, expected: object][] = [
      [{ status: 400, body: { error: 'authorization_pending' } }, { refused: 'pending' }],
      [{ status: 400, body: { error: 'slow_down' } }, { refused: 'slow_down' }],
      [{ status: 400, body: { error: 'access_denied' } }, { refused: 'denied' }],
      [{ status: 400, body: { error: 'expired_token' } }, { refused: 'expired' }],
      [{ body: { access_token: 'at-1' } }, { parts: { access_token: 'at-1' } }],
    ]
    for (const [answer, expected] of polls) {
      engine.provider.answers(answer)
      const result = await requestToken(engine.app, contextOf(), { grant: 'device', deviceCode: 'dc-1' })
      expect(result).toMatchObject(expected)
    }
  })
})
