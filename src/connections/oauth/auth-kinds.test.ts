import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEngine } from '../../../test/kit/oauth-engine.ts'
import { type Auth, apiKey, basic, clientCredentials, headers, none, oauth2 } from '../../catalog/auth.ts'
import { applyCredential } from '../apply-credential.ts'
import { Credential } from '../credential.ts'

let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  engine = await startEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())

const key = { secret: { label: 'Key', secret: true }, username: { label: 'User' } }
const token = { token: 'https://acme.example/token', scopes: [] }
const basicOf = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`

type Parts = Record<string, string>
const rows: [what: string, auth: Auth, parts: Parts, values: Parts, wanted: { path?: string; headers?: Parts }][] = [
  [
    'a key as a bearer token',
    apiKey({ label: 'key' }),
    { secret: 's/1' },
    {},
    { headers: { authorization: 'Bearer s/1' } },
  ],
  [
    'a key in a header of its own, with a word before it',
    apiKey({ label: 'key', header: 'x-api-key', format: 'Token {secret}' }),
    { secret: 's/1' },
    {},
    { headers: { 'x-api-key': 'Token s/1' } },
  ],
  [
    'a key in the query',
    apiKey({ label: 'key', query: 'api_key' }),
    { secret: 's/1&b' },
    {},
    { path: '/me?x=1&api_key=s%2F1%26b' },
  ],
  [
    'several fields, in headers and query',
    apiKey({
      label: 'keys',
      fields: { account: { label: 'Account' } },
      place: { headers: { 'x-key': '{secret}', 'x-account': '{account}' }, query: { account: '{account}' } },
    }),
    { secret: 's1' },
    { account: 'a1' },
    { path: '/me?x=1&account=a1', headers: { 'x-key': 's1', 'x-account': 'a1' } },
  ],
  [
    'user and password',
    basic({ label: 'login', fields: key }),
    { secret: 'p:w ü' },
    { username: 'ada' },
    { headers: { authorization: basicOf('ada:p:w ü') } },
  ],
  [
    'a key as the user, with a fixed password',
    basic({ label: 'key', user: '{secret}', password: 'x', fields: key }),
    { secret: 's1' },
    {},
    { headers: { authorization: basicOf('s1:x') } },
  ],
  [
    'headers of its own',
    headers({ label: 'keys', fields: key, headers: { 'x-id': '{username}', 'x-secret': '{secret}' } }),
    { secret: 's1' },
    { username: 'ada' },
    { headers: { 'x-id': 'ada', 'x-secret': 's1' } },
  ],
  [
    'an access token',
    oauth2({ authorize: 'https://acme.example/', ...token }),
    { access_token: 'at', refresh_token: 'rt' },
    {},
    { headers: { authorization: 'Bearer at' } },
  ],
  [
    'an access token elsewhere',
    clientCredentials({ label: 'app', ...token, place: { headers: { 'x-token': '{access_token}' } } }),
    { client_id: 'ci', client_secret: 'cs', access_token: 'at' },
    {},
    { headers: { 'x-token': 'at' } },
  ],
  ['nothing', none(), {}, {}, {}],
]

describe('a credential is sent where its provider wants it, and nowhere else', () => {
  test.each(rows)('%s', async (_, auth, parts, values, { path = '/me?x=1', headers: wanted = {} }) => {
    const { app, provider } = engine
    provider.asked.length = 0
    provider.answers({ body: {} })
    const request = { method: 'GET', url: `${provider.url}/me?x=1`, headers: { accept: 'application/json' } }
    const applied = applyCredential(auth, new Credential(parts), values, request, app.clock.now())
    await app.net.send({
      ...request,
      credential: applied?.headers ?? {},
      ...(applied?.query && { credentialQuery: applied.query }),
    })
    expect(provider.asked).toHaveLength(1)
    const { host, connection, ...own } = provider.asked[0]?.headers ?? {}
    expect(provider.asked[0]).toMatchObject({ method: 'GET', path, body: '' })
    expect(own).toEqual({ accept: 'application/json', ...wanted })
  })
})
