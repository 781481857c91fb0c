import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeGrant as code,
  oauth2At,
  plainAnswer as plain,
  type Run,
  refreshGrant as refresh,
  runEngine,
  startEngine,
  testClient,
  testClientForm,
} from '../../../test/kit/oauth-engine.ts'
import type { Asked } from '../../../test/kit/token-provider.ts'
import { clientCredentials, oauth2Device, type TokenFacts } from '../../catalog/auth.ts'
import { Credential } from '../credential.ts'
import { requestToken } from './request-token.ts'

const nowMs = Date.UTC(2026, 0, 15, 12)
let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  engine = await startEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())

const run = (asked: Run) => runEngine(engine, asked)
const way = (facts: Parameters<typeof oauth2At>[1] = {}) => oauth2At(engine.provider.url, facts)

const codeForm = 'grant_type=authorization_code&code=c%2F1&redirect_uri=https%3A%2F%2Fown.example%2Fback'
const form = 'application/x-www-form-urlencoded'

type Wanted = Partial<Omit<Asked, 'headers'>> & { headers?: Record<string, string> }

describe('a code is handed in exactly as the provider wants it', () => {
  const rows: [what: string, run: () => Run, wanted: Wanted][] = [
    [
      'client by post, with the verifier of PKCE',
      () => ({ auth: way() }),
      {
        method: 'POST',
        path: '/token',
        headers: { 'content-type': form, accept: 'application/json' },
        body: `${testClientForm}&${codeForm}&code_verifier=v1`,
      },
    ],
    [
      'client by basic, both halves form-encoded before they are joined',
      () => ({ auth: way({ clientAuth: 'basic' }) }),
      {
        headers: { authorization: `Basic ${Buffer.from('app%3A1:s%2Fe%2Bc+r%3Aet%25').toString('base64')}` },
        body: `${codeForm}&code_verifier=v1`,
      },
    ],
    [
      'a public client',
      () => ({ auth: way({ clientAuth: 'none' }) }),
      { body: `client_id=app%3A1&${codeForm}&code_verifier=v1` },
    ],
    [
      'a client without a secret where others use basic',
      () => ({ auth: way({ clientAuth: 'basic' }), way: { client: { ...testClient, secret: null } } }),
      { body: `client_id=app%3A1&${codeForm}&code_verifier=v1` },
    ],
    ['PKCE off: no verifier', () => ({ auth: way({ pkce: 'off' }) }), { body: `${testClientForm}&${codeForm}` }],
    [
      'a JSON body',
      () => ({ auth: way({ body: 'json' }) }),
      {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: 'app:1',
          client_secret: 's/e+c r:et%',
          grant_type: 'authorization_code',
          code: 'c/1',
          redirect_uri: 'https://own.example/back',
          code_verifier: 'v1',
        }),
      },
    ],
    [
      'renamed parameters',
      () => ({ auth: way({ names: { clientId: 'client_key', clientSecret: 'secret', code: 'auth_code' } }) }),
      {
        body: `client_key=app%3A1&secret=s%2Fe%2Bc+r%3Aet%25&${codeForm.replace('code=c', 'auth_code=c')}&code_verifier=v1`,
      },
    ],
    [
      'further parameters and headers, filled from what is known; an empty one leaves out what is usual',
      () => ({
        auth: way({
          pkce: 'off',
          tokenParams: { context: 'stores/{store}', redirect_uri: '', app: '{client_id}' },
          tokenHeaders: { 'x-store': '{store}' },
        }),
        way: { values: { store: 'a b' } },
      }),
      {
        headers: { 'x-store': 'a b' },
        body: `${testClientForm}&grant_type=authorization_code&code=c%2F1&context=stores%2Fa+b&app=app%3A1`,
      },
    ],
    [
      'a URL with a path that is filled in, and a query of its own',
      () => ({
        auth: way({ token: `${engine.provider.url}/{tenant}/token?v=2` }),
        way: { values: { tenant: 'a/b' } },
      }),
      { path: '/a%2Fb/token?v=2' },
    ],
    [
      'a URL whose host is filled in',
      () => ({
        auth: way({ token: 'http://{host}/oauth/token' }),
        way: { values: { host: new URL(engine.provider.url).host }, hosts: [new URL(engine.provider.url).host] },
      }),
      { path: '/oauth/token' },
    ],
    [
      "a URL that begins with the address of the person's own instance",
      () => ({
        auth: way({ token: '{instance}/oauth/token' }),
        way: { values: { instance: `${engine.provider.url}/sub` } },
      }),
      { path: '/sub/oauth/token' },
    ],
  ]
  test.each(rows)('%s', async (_, make, { headers = {}, ...wanted }) => {
    const { result, asked } = await run(make())
    expect(result).toMatchObject({ parts: { access_token: 'at-1' } })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ method: 'POST', ...wanted })
    expect(asked[0]?.headers).toMatchObject(headers)
    if (!headers.authorization) expect(asked[0]?.headers.authorization).toBe(undefined)
  })
})

describe('PKCE cannot be taken away', () => {
  test('a definition that empties the verifier changes nothing', async () => {
    const { asked } = await run({ auth: way({ tokenParams: { code_verifier: '' } }) })
    expect(asked[0]?.body).toContain('code_verifier=v1')
  })

  test.each(['on', 'required'] as const)('without a verifier nothing is sent (PKCE %s)', async pkce => {
    const { result, asked } = await run({
      auth: way({ pkce }),
      grant: { grant: 'code', code: 'c/1', redirectUri: 'https://own.example/back' },
    })
    expect(result).toMatchObject({ refused: 'other', reached: 'not_sent' })
    expect(asked).toEqual([])
  })
})

describe('a refresh', () => {
  const rows: [what: string, run: () => Run, wanted: Wanted, gives: object][] = [
    [
      'keeps the refresh token when the answer has none',
      () => ({ auth: way(), grant: refresh() }),
      { path: '/token', body: `${testClientForm}&grant_type=refresh_token&refresh_token=rt-old` },
      { parts: { access_token: 'at-1', refresh_token: 'rt-old' }, refreshable: true },
    ],
    [
      'takes the new refresh token where they rotate',
      () => ({ auth: way(), grant: refresh(), answers: [{ body: { ...plain, refresh_token: 'rt-2' } }] }),
      {},
      { parts: { access_token: 'at-1', refresh_token: 'rt-2' } },
    ],
    [
      'keeps what else the credential holds',
      () => ({ auth: way(), grant: refresh({ signing: 'key' }) }),
      {},
      { parts: { access_token: 'at-1', refresh_token: 'rt-old', signing: 'key' } },
    ],
    [
      'goes to its own URL, with its own parameters',
      () => ({
        auth: way({
          refresh: `${engine.provider.url}/refresh?refresh`,
          tokenParams: { only: 'for codes' },
          refreshParams: { resource: '{realm}' },
          names: { refreshToken: 'renew' },
        }),
        grant: refresh(),
        way: { values: { realm: 'r1' } },
      }),
      { path: '/refresh?refresh', body: `${testClientForm}&grant_type=refresh_token&renew=rt-old&resource=r1` },
      { parts: { access_token: 'at-1' } },
    ],
    [
      'hands in the access token itself where its provider has no other',
      () => ({
        auth: way({ refreshParams: { grant_type: 'exchange', exchange_token: '{access_token}' } }),
        grant: { grant: 'refresh', credential: new Credential({ access_token: 'at-old' }) },
      }),
      { body: `${testClientForm}&grant_type=exchange&exchange_token=at-old` },
      { parts: { access_token: 'at-1' }, refreshable: true },
    ],
    [
      'understands a plain answer though the first one is nested',
      () => ({ auth: way({ answer: { accessToken: 'user.token', refreshToken: 'user.refresh' } }), grant: refresh() }),
      {},
      { parts: { access_token: 'at-1', refresh_token: 'rt-old' } },
    ],
  ]
  test.each(rows)('%s', async (_, make, wanted, gives) => {
    const { result, asked } = await run(make())
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject(wanted)
    expect(result).toMatchObject(gives)
  })

  test('without a refresh token asks nobody: a person has to sign in again', async () => {
    const { result, asked } = await run({
      auth: way(),
      grant: { grant: 'refresh', credential: new Credential({ access_token: 'at-old' }) },
      answers: [],
    })
    expect(result).toMatchObject({ refused: 'invalid_grant', reached: 'not_sent' })
    expect(asked).toEqual([])
  })
})

describe('client credentials', () => {
  const credential = new Credential({ client_id: 'mine', client_secret: 'my secret' })
  const own = (facts: Partial<TokenFacts> = {}) =>
    clientCredentials({ label: 'app', token: `${engine.provider.url}/token`, scopes: ['a', 'b'], ...facts })
  const scoped = 'grant_type=client_credentials&scope=a+b'
  const rows: [what: string, facts: Partial<TokenFacts>, body: string, authorization?: string][] = [
    ['by post', {}, `client_id=mine&client_secret=my+secret&${scoped}`],
    ['by basic', { clientAuth: 'basic' }, scoped, `Basic ${Buffer.from('mine:my+secret').toString('base64')}`],
    [
      'scopes with commas',
      { scopeSeparator: ',' },
      'client_id=mine&client_secret=my+secret&grant_type=client_credentials&scope=a%2Cb',
    ],
    ['scopes with plus signs', { scopeSeparator: '+' }, `client_id=mine&client_secret=my+secret&${scoped}`],
    [
      'a grant type of its own',
      { clientAuth: 'basic', tokenParams: { grant_type: 'account_credentials', account_id: '{account}', scope: '' } },
      'grant_type=account_credentials&account_id=acc1',
      `Basic ${Buffer.from('mine:my+secret').toString('base64')}`,
    ],
  ]
  test.each(rows)('%s', async (_, facts, body, authorization) => {
    for (const grant of ['client_credentials', 'refresh'] as const) {
      const { result, asked } = await run({
        auth: own(facts),
        grant: { grant, credential },
        way: { client: null, values: { account: 'acc1' } },
        answers: [{ body: { ...plain, refresh_token: 'of no use' } }],
      })
      expect(asked).toHaveLength(1)
      expect([asked[0]?.body, asked[0]?.headers.authorization]).toEqual([body, authorization])
      expect(result).toMatchObject({ refreshable: true, expiresAt: nowMs + 3600_000 })
      expect(result).toHaveProperty('parts', { client_id: 'mine', client_secret: 'my secret', access_token: 'at-1' })
    }
  })
})

test('a device code is handed in', async () => {
  const url = engine.provider.url
  const { result, asked } = await run({
    auth: oauth2Device({ device: `${url}/device`, token: `${url}/token`, scopes: ['a'] }),
    grant: { grant: 'device', deviceCode: 'dc 1' },
  })
  const type = encodeURIComponent('urn:ietf:params:oauth:grant-type:device_code')
  expect(asked[0]?.body).toBe(`${testClientForm}&grant_type=${type}&device_code=dc+1`)
  expect(result).toMatchObject({ parts: { access_token: 'at-1' } })
})

describe('right after a code, what else has to be known is asked', () => {
  const looking = () =>
    way({
      keep: { region: 'region' },
      after: [
        { url: `${engine.provider.url}/{region}/sites`, keep: { site: '0.id' } },
        { url: `${engine.provider.url}/sites/{site}`, keep: { home: 'home.url' } },
      ],
    })
  const first = { body: { ...plain, region: 'eu' } }

  test('in order, with the new token, each knowing what those before it told', async () => {
    const { result, asked } = await run({
      auth: looking(),
      answers: [first, { body: [{ id: 's1' }] }, { body: { home: { url: 'https://h.example' } } }],
    })
    expect(asked.slice(1).map(({ method, path, headers }) => [method, path, headers.authorization])).toEqual([
      ['GET', '/eu/sites', 'Bearer at-1'],
      ['GET', '/sites/s1', 'Bearer at-1'],
    ])
    expect(result).toMatchObject({ metadata: { region: 'eu', site: 's1', home: 'https://h.example' } })
  })

  test.each([
    [{ body: [] }, 'other'],
    [{ status: 403, body: {} }, 'other'],
    [{ status: 302, headers: { location: '/elsewhere' } }, 'other'],
    [{ status: 503, body: '' }, 'unavailable'],
    [{ drop: true }, 'unavailable'],
  ] as const)('and without an answer to it there is no connection: %j', async (answer, refused) => {
    const { result, asked } = await run({ auth: looking(), answers: [first, answer] })
    expect(asked).toHaveLength(2)
    expect(result).toMatchObject({ refused, reached: 'answered' })
  })

  test('but not after a refresh', async () => {
    const { asked } = await run({ auth: looking(), grant: refresh(), answers: [first] })
    expect(asked).toHaveLength(1)
  })
})

describe('secrets go to the token endpoint and nowhere else', () => {
  test.each([301, 302, 303, 307, 308])('a token endpoint that redirects (%i) is not followed', async status => {
    for (const location of ['/elsewhere', 'http://127.0.0.1:1/']) {
      const { result, asked } = await run({ auth: way(), answers: [{ status, headers: { location } }] })
      expect(asked).toHaveLength(1)
      expect(result).toMatchObject({ refused: 'other', reached: 'answered' })
    }
  })

  test.each([
    ['an insecure address', 'http://auth.example/token', {}],
    ['an address with a password in it', 'https://a:b@auth.example/token', {}],
    ['something that is no address', 'ftp://auth.example/token', {}],
    ['a host that the definition does not name', 'https://{host}/token', { host: 'evil.example' }],
    [
      'an instance at a host that the definition does not name',
      '{instance}/token',
      { instance: 'https://evil.example' },
    ],
    ['a host that is not known', 'https://{missing}.example/token', {}],
    ['a host with a path in it', 'https://{sub}.example/token', { sub: 'evil.example/' }],
  ])('nothing is sent to %s', async (_, token, values) => {
    const { result, asked } = await run({
      auth: way({ token }),
      way: { values, hosts: ['*.acme.example'] },
      answers: [],
    })
    expect(asked).toEqual([])
    expect(result).toMatchObject({ refused: 'other', reached: 'not_sent', fault: { code: 'validation_error' } })
  })

  test.each(['http://127.0.0.1:1/token', 'https://10.0.0.1/token', 'https://169.254.169.254/token'])(
    'nor to an address inside that no owner allowed: %s',
    async token => {
      const { result } = await run({ auth: way({ token }), answers: [] })
      expect(result).toMatchObject({ refused: 'other', reached: 'not_sent' })
    },
  )
})

describe('a request without an answer', () => {
  test('may have arrived when the connection ends', async () => {
    const { result } = await run({ auth: way(), grant: refresh(), answers: [{ drop: true }] })
    expect(result).toMatchObject({ refused: 'unavailable', reached: 'maybe_sent' })
    expect(JSON.stringify(result)).not.toMatch(/rt-old|et%/)
  })

  test('is waited for 15 seconds', async () => {
    await using own = await startEngine()
    const hold = () => own.app.clock.move(15_000)
    const auth = oauth2At(own.provider.url)
    const { result } = await runEngine(own, { auth, grant: refresh(), answers: [{ hold }] })
    expect(result).toMatchObject({ refused: 'unavailable', reached: 'maybe_sent', fault: { code: 'timeout' } })
  })

  test('was not sent when nobody listens', async () => {
    const gone = await startEngine()
    await gone.provider[Symbol.asyncDispose]()
    const auth = way({ token: `${gone.provider.url}/token` })
    const context = { provider: { connector: { name: 'Acme' } }, auth, client: testClient, values: {} }
    expect(await requestToken(gone.app, context, code)).toMatchObject({ refused: 'unavailable', reached: 'not_sent' })
    await gone.app.net.close()
  })
})
