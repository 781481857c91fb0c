/** What the OAuth engine makes of every connector's own ways to connect: these tests cover a new provider unchanged. */
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sampleValues } from '../../../test/kit/sample-values.ts'
import type { Auth, JwtBearer, OAuth2, OAuth2Device, StaticAuth } from '../../catalog/auth.ts'
import { fillUrl } from '../../catalog/fill-url.ts'
import { connectors } from '../../connectors/index.ts'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { applyCredential } from '../apply-credential.ts'
import { Credential } from '../credential.ts'
import { authorizeUrl } from './authorize-url.ts'
import type { OAuthClient, TokenAuth } from './client.ts'
import type { Grant } from './grant.ts'
import { newPkce } from './pkce.ts'
import { tokenRequest } from './token-request.ts'

const redirectUri = 'https://clawlink.example/connect/callback'
const client: OAuthClient = { id: 'client-of-ours', secret: new Secret('planted-client-secret'), appId: 'oapp_1' }
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const planted = {
  secret: 'planted-secret',
  access_token: 'planted-access-token',
  refresh_token: 'planted-refresh-token',
  client_id: 'client-of-theirs',
  client_secret: 'planted-client-secret',
  private_key: privateKey,
}
const moment = { nowMs: Date.UTC(2026, 0, 1), nonce: 'nonce-1' }

const ways = Object.entries(connectors).flatMap(([slug, connector]) => {
  const values = sampleValues(connector)
  return connector.auth.map((auth: Auth) => ({ name: `${slug} ${auth.id}`, provider: { connector }, auth, values }))
})
type WayOf<A extends Auth> = (typeof ways)[number] & { auth: A }
const of = <A extends Auth>(...kinds: A['kind'][]) =>
  ways
    .filter((way): way is WayOf<A> => (kinds as string[]).includes(way.auth.kind))
    .map(way => [way.name, way] as const)

describe.each(of<OAuth2>('oauth2'))('the browser is sent by %s', (_, { provider, auth, values }) => {
  const { challenge, verifier } = newPkce()
  const sent = authorizeUrl({
    provider,
    auth,
    client,
    redirectUri,
    state: 'state-1',
    challenge,
    scopes: auth.scopes,
    values,
  })
  const url = new URL(String(sent))

  test('to the address that its definition names', () => {
    const [page = ''] = String(fillUrl(auth.authorize, values, provider.connector.hosts)).split('?')
    expect(`${url.origin}${url.pathname}`).toBe(page)
  })

  test('with everything that the code flow needs', () => {
    const special = Object.entries(auth.authorizeParams ?? {})
    const extra = special.flatMap(([name, value]) => (value ? name : []))
    const leftOut = special.flatMap(([name, value]) => (value ? [] : name))
    const scope = leftOut.includes('scope') ? '' : auth.scopes.join(auth.scopeSeparator === ',' ? ',' : ' ')
    const wanted: Record<string, string> = {
      response_type: auth.authorizeParams?.response_type ?? 'code',
      [auth.names?.clientId ?? 'client_id']: client.id,
      redirect_uri: redirectUri,
      state: 'state-1',
      ...(scope && { [auth.names?.scope ?? 'scope']: scope }),
      ...(auth.pkce !== 'off' && { code_challenge: challenge, code_challenge_method: 'S256' }),
    }
    for (const [name, value] of Object.entries(wanted))
      expect([name, url.searchParams.getAll(name)]).toEqual([name, [value]])
    for (const name of extra) expect(url.searchParams.getAll(name)).toHaveLength(1)
    for (const name of leftOut) expect(url.searchParams.has(name)).toBe(false)
    const known = [...Object.keys(wanted), ...extra, ...new URLSearchParams(auth.authorize.split('?')[1]).keys()]
    expect(known).toEqual(expect.arrayContaining([...url.searchParams.keys()]))
  })

  test('without anything secret in its address', () => {
    expect(url.href).not.toContain('planted')
    expect(url.href).not.toContain(verifier)
    expect(url.username + url.password + url.hash).toBe('')
  })
})

const tokenKinds = ['oauth2', 'oauth2_device', 'client_credentials', 'jwt_bearer'] as const

describe.each(of<TokenAuth>(...tokenKinds))('a token is asked for by %s', (_, { provider, auth, values }) => {
  const context = { provider, auth, client: isOwn(auth) ? null : client, values }
  test.each(grantsOf(auth).map(grant => [grant.grant, grant] as const))('with %s', (kind, grant) => {
    const url = String(fillUrl(auth.token, values, provider.connector.hosts))
    const request = tokenRequest(context, grant, url, moment)
    if (request instanceof Fault) throw request
    const { wire } = request
    const body = paramsOf(String(wire.body ?? ''), auth.body === 'json')
    expect(wire).toMatchObject({ method: 'POST', url, redirects: 'none' })
    expect(wire.url).not.toContain('planted')
    expect(JSON.stringify(wire)).not.toMatch(/undefined|\{\w+\}/)
    expect(body.grant_type ?? auth.tokenParams?.grant_type).toMatch(/^[a-z_:-]+$/)
    const proven = JSON.stringify(body).includes('planted-client-secret')
    const clientAuth = auth.clientAuth ?? 'post'
    if (auth.kind !== 'jwt_bearer') expect([kind, proven]).toEqual([kind, clientAuth === 'post'])
    if (clientAuth === 'basic') expect(wire.credential.authorization).toMatch(/^Basic /)
    if (kind === 'code' && auth.kind === 'oauth2') {
      expect(body).toMatchObject({ redirect_uri: redirectUri, [auth.names?.code ?? 'code']: 'planted-code' })
      expect(body.code_verifier).toBe(auth.pkce === 'off' ? undefined : 'planted-verifier')
    }
    if (kind === 'jwt_bearer')
      expect(claimsOf(body.assertion ?? '')).toMatchObject({ iss: expect.stringContaining('sample') })
  })
})

describe.each(of<OAuth2Device>('oauth2_device'))('a code for another device is asked for by %s', (_, way) => {
  test('at a secure address', () => {
    expect(String(fillUrl(way.auth.device, way.values, way.provider.connector.hosts))).toMatch(/^https?:\/\//)
  })
})

test.each(of<StaticAuth>('api_key', 'bearer', 'basic', 'headers'))(
  'the secrets of %s go where its definition puts them, and into the address only where it says so',
  (_, { auth, values }) => {
    const secrets = Object.keys(auth.fields).filter(name => auth.fields[name]?.secret)
    const credential = new Credential(Object.fromEntries(secrets.map(name => [name, `planted-${name}`])))
    const request = { method: 'GET', url: 'https://acme.example/x', headers: {} }
    const applied = applyCredential(auth, credential, values, request, moment.nowMs)
    expect(applied).toBeDefined()
    const carried = Object.entries(applied?.headers ?? {}).map(([name, value]) =>
      name === 'authorization' && value.startsWith('Basic ') ? Buffer.from(value.slice(6), 'base64').toString() : value,
    )
    const all = [...carried, ...Object.values(applied?.query ?? {})].join('\n')
    for (const name of secrets) expect(all).toContain(`planted-${name}`)
    if (!auth.place.query) expect(applied?.query ?? {}).toEqual({})
    expect(all).not.toMatch(/[{}]|undefined/)
  },
)

const isOwn = ({ kind }: Auth): boolean => kind === 'client_credentials' || kind === 'jwt_bearer'

function grantsOf(auth: TokenAuth): Grant[] {
  const credential = new Credential({ ...planted, ...keyFileOf(auth) })
  if (auth.kind === 'client_credentials') return [{ grant: 'client_credentials', credential }]
  if (auth.kind === 'jwt_bearer') return [{ grant: 'jwt_bearer', credential }]
  const refresh: Grant = { grant: 'refresh', credential }
  if (auth.kind === 'oauth2_device') return [{ grant: 'device', deviceCode: 'planted-device-code' }, refresh]
  return [{ grant: 'code', code: 'planted-code', redirectUri, verifier: 'planted-verifier' }, refresh]
}

/** What the key file of a service account fills in, under the names that the definition gives the parts. */
function keyFileOf(auth: TokenAuth | JwtBearer): Record<string, string> {
  if (auth.kind !== 'jwt_bearer') return {}
  const key = auth.key ?? 'private_key'
  const names = Object.keys(auth.file?.parts ?? {}).filter(name => name !== key)
  return { [key]: privateKey, ...Object.fromEntries(names.map(name => [name, `sample-${name}`])) }
}

function paramsOf(body: string, json: boolean): Record<string, string> {
  return json ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
}

function claimsOf(assertion: string): unknown {
  return JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'))
}
