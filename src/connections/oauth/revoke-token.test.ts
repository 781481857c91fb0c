import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEngine, testClient, testClientForm } from '../../../test/kit/oauth-engine.ts'
import type { Asked, Scripted } from '../../../test/kit/token-provider.ts'
import { clientCredentials, oauth2, type TokenFacts } from '../../catalog/auth.ts'
import { Credential } from '../credential.ts'
import { revokeToken } from './revoke-token.ts'

let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  engine = await startEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())

const both = new Credential({ access_token: 'at 1', refresh_token: 'rt 1' })
const provider = { connector: { name: 'Acme' } }

async function run(facts: (url: string) => Partial<TokenFacts>, answer: Scripted = {}, credential = both) {
  const { url } = engine.provider
  engine.provider.asked.length = 0
  engine.provider.answers(answer)
  const auth = oauth2({ authorize: `${url}/authorize`, token: `${url}/token`, scopes: [], ...facts(url) })
  const context = { provider, auth, client: testClient, values: { tenant: 't/1' } }
  const result = await revokeToken(engine.app, context, credential)
  return { result, asked: [...engine.provider.asked] }
}

describe('a token is revoked as the provider wants it', () => {
  const rows: [
    what: string,
    facts: (url: string) => Partial<TokenFacts>,
    asked: Partial<Asked>,
    authorization?: string,
  ][] = [
    [
      'RFC 7009: the refresh token',
      url => ({ revoke: `${url}/{tenant}/revoke` }),
      { method: 'POST', path: '/t%2F1/revoke', body: `${testClientForm}&token=rt+1&token_type_hint=refresh_token` },
    ],
    [
      'client by basic, JSON, another method and name',
      url => ({
        revoke: { url: `${url}/apps/{client_id}/token`, method: 'DELETE', param: 'access_token' },
        clientAuth: 'basic',
        body: 'json',
      }),
      { method: 'DELETE', path: '/apps/app%3A1/token', body: '{"access_token":"at 1"}' },
      `Basic ${Buffer.from('app%3A1:s%2Fe%2Bc+r%3Aet%25').toString('base64')}`,
    ],
    [
      'client by basic, JSON, the token alone, with the headers of token requests',
      url => ({
        revoke: { url: `${url}/revoke`, hint: false },
        clientAuth: 'basic',
        body: 'json',
        tokenHeaders: { 'acme-version': '2' },
      }),
      {
        method: 'POST',
        path: '/revoke',
        body: '{"token":"rt 1"}',
        headers: expect.objectContaining({ 'acme-version': '2' }),
      },
      `Basic ${Buffer.from('app%3A1:s%2Fe%2Bc+r%3Aet%25').toString('base64')}`,
    ],
    [
      'by the access token in a header',
      url => ({ revoke: { url: `${url}/revoke`, by: 'bearer', method: 'GET' } }),
      { method: 'GET', path: '/revoke', body: '' },
      'Bearer at 1',
    ],
    [
      'in the query',
      url => ({ revoke: { url: `${url}/revoke?x=1`, by: 'query' } }),
      { method: 'POST', path: '/revoke?x=1&token=rt+1', body: '' },
    ],
  ]
  test.each(rows)('%s', async (_, facts, wanted, authorization) => {
    const { result, asked } = await run(facts)
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject(wanted)
    expect(asked[0]?.headers.authorization).toBe(authorization)
    expect(result).toBe('revoked')
  })

  test('the access token where there is no other, with the client that the person brought', async () => {
    const { url } = engine.provider
    engine.provider.asked.length = 0
    engine.provider.answers({})
    const auth = clientCredentials({ label: 'app', token: `${url}/token`, revoke: `${url}/revoke`, scopes: [] })
    const credential = new Credential({ client_id: 'ci', client_secret: 'cs', access_token: 'at' })
    expect(await revokeToken(engine.app, { provider, auth, client: null, values: {} }, credential)).toBe('revoked')
    expect(engine.provider.asked[0]?.body).toBe('client_id=ci&client_secret=cs&token=at&token_type_hint=access_token')
  })
})

test.each([
  [{ status: 200, body: '' }, 'revoked'],
  [{ status: 204 }, 'revoked'],
  [{ status: 400, body: { error: 'invalid_token' } }, 'revoked'],
  [{ status: 400, body: { error: 'unsupported_token_type' } }, 'not_supported'],
  [{ status: 200, body: { ok: false, error: 'fatal' } }, { code: 'provider_unavailable' }],
  [{ status: 302, headers: { location: '/elsewhere' } }, { code: 'provider_unavailable' }],
  [{ status: 503, body: '' }, { code: 'provider_unavailable' }],
  [{ drop: true }, { code: 'provider_unavailable' }],
] as const)('an answer %j is %j', async (answer, expected) => {
  const { result, asked } = await run(url => ({ revoke: `${url}/revoke` }), answer)
  expect(asked).toHaveLength(1)
  if (typeof expected === 'string') expect(result).toBe(expected)
  else expect(result).toMatchObject(expected)
  expect(JSON.stringify(result)).not.toMatch(/[ar]t 1|et%/)
})

test('without a place to revoke at, or a token, nothing is sent', async () => {
  expect(await run(() => ({}))).toEqual({ result: 'not_supported', asked: [] })
  const none = new Credential({ api_key: 'k' })
  expect(await run(url => ({ revoke: `${url}/revoke` }), {}, none)).toEqual({ result: 'not_supported', asked: [] })
  expect(await run(() => ({ revoke: 'http://auth.example/revoke' }))).toMatchObject({
    result: { code: 'validation_error' },
    asked: [],
  })
})
