import { generateKeyPairSync } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEngine, testClient } from '../../../test/kit/oauth-engine.ts'
import { type JwtBearer, jwtBearer, oauth2 } from '../../catalog/auth.ts'
import { Secret } from '../../core/secret.ts'
import { keyProblems } from '../check-keys.ts'
import { Credential } from '../credential.ts'
import { checkApp } from '../oauth-apps/check-app.ts'
import type { OAuthContext } from './client.ts'
import { requestToken } from './request-token.ts'
import { signJwt } from './sign-jwt.ts'

let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  engine = await startEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const ed25519 = generateKeyPairSync('ed25519')
const pem = (pair: { privateKey: { export(how: { format: 'pem'; type: 'pkcs8' }): string | Buffer } }) =>
  String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }))

const currentDate = new Date(Date.UTC(2026, 0, 15, 12))
const plain = { access_token: 'at-1', expires_in: 3600 }
const provider = { connector: { name: 'Acme' } }

describe('a signed text is one that others accept', () => {
  test.each([
    ['RS256', rsa],
    ['PS256', rsa],
    ['ES256', p256],
    ['ES384', p384],
    ['EdDSA', ed25519],
  ] as const)('%s', async (algorithm, pair) => {
    const jwt = signJwt({ algorithm, key: pem(pair), keyId: 'k1', claims: { iss: 'me', iat: 1 } }) ?? ''
    const { payload, protectedHeader } = await jwtVerify(jwt, pair.publicKey, { algorithms: [algorithm] })
    expect([payload, protectedHeader]).toEqual([
      { iss: 'me', iat: 1 },
      { alg: algorithm, typ: 'JWT', kid: 'k1' },
    ])
  })

  test('also with a key whose line breaks a copied JSON text has as \\n', async () => {
    const key = pem(rsa).replaceAll('\n', '\\n')
    const jwt = signJwt({ key, claims: { iss: 'me' } }) ?? ''
    expect((await jwtVerify(jwt, rsa.publicKey)).payload).toEqual({ iss: 'me' })
    // And it is taken where it is entered.
    expect(checkApp({ privateKey: key })).toBeUndefined()
    const facts = { label: 'a key', token: 'https://acme.example/token', fields: {}, scopes: [], claims: {} }
    expect(keyProblems(jwtBearer({ ...facts, algorithm: 'RS256' }), { private_key: key })).toEqual([])
  })

  test.each([
    ['RS256', p256],
    ['ES256', p384],
    ['ES256', ed25519],
    ['EdDSA', rsa],
  ] as const)('and there is none of %s with a key that is not for it', (algorithm, pair) => {
    expect(signJwt({ algorithm, key: pem(pair), claims: {} })).toBe(undefined)
  })
})

describe('a client that proves itself by private_key_jwt (RFC 7523, 2.2)', () => {
  const auth = () =>
    oauth2({
      authorize: `${engine.provider.url}/authorize`,
      token: `${engine.provider.url}/token`,
      scopes: [],
      clientAuth: 'private_key_jwt',
    })
  const grant = { grant: 'refresh', credential: new Credential({ refresh_token: 'rt' }) } as const

  test.each([rsa, p256, ed25519])('signs who it is, for this endpoint, once and for a minute', async pair => {
    const client = { ...testClient, privateKey: new Secret(pem(pair)), keyId: 'k1' }
    engine.provider.asked.length = 0
    engine.provider.answers({ body: plain }, { body: plain })
    for (const _ of [1, 2]) await requestToken(engine.app, { provider, auth: auth(), client, values: {} }, grant)
    const seen = new Set<unknown>()
    for (const { body, headers } of engine.provider.asked) {
      const { client_assertion = '', ...params } = Object.fromEntries(new URLSearchParams(body))
      expect(params).toEqual({
        client_id: 'app:1',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        grant_type: 'refresh_token',
        refresh_token: 'rt',
      })
      expect(headers.authorization).toBe(undefined)
      const { payload } = await jwtVerify(client_assertion, pair.publicKey, {
        issuer: 'app:1',
        subject: 'app:1',
        audience: `${engine.provider.url}/token`,
        currentDate,
        maxTokenAge: 60,
      })
      expect(decodeProtectedHeader(client_assertion).kid).toBe('k1')
      seen.add(payload.jti)
    }
    expect(seen.size).toBe(2)
  })

  test('without a key that can sign, nothing is sent', async () => {
    engine.provider.asked.length = 0
    for (const client of [testClient, { ...testClient, privateKey: new Secret('no key') }]) {
      const result = await requestToken(engine.app, { provider, auth: auth(), client, values: {} }, grant)
      expect(result).toMatchObject({ refused: 'other', reached: 'not_sent' })
    }
    expect(engine.provider.asked).toEqual([])
  })
})

describe('an assertion is exchanged for a token (RFC 7523, 2.1)', () => {
  const account = (facts: Partial<JwtBearer> = {}): JwtBearer =>
    jwtBearer({
      label: 'service account',
      token: `${engine.provider.url}/token`,
      scopes: ['a', 'b'],
      algorithm: 'RS256',
      fields: {
        key_file: { label: 'Key file', secret: true, optional: true },
        subject: { label: 'Acts as', optional: true },
      },
      claims: { iss: '{client_email}', sub: '{subject}', scope: '{scopes}', aud: 'https://acme.example/token' },
      keyId: '{private_key_id}',
      file: {
        field: 'key_file',
        parts: { client_email: 'client_email', private_key: 'private_key', private_key_id: 'private_key_id' },
      },
      ...facts,
    })
  const inFile = { client_email: 'a@b.example', private_key: pem(rsa), private_key_id: 'k9' }
  const context = (auth: JwtBearer, values = {}): OAuthContext => ({ provider, auth, client: null, values })

  test.each([
    ['of the key file itself', { key_file: JSON.stringify(inFile) }, {}, undefined],
    ['that were taken from it, for a person', inFile, { subject: 'ada@b.example' }, 'ada@b.example'],
  ])('with the parts %s', async (_, parts, values, sub) => {
    for (const grant of ['jwt_bearer', 'refresh'] as const) {
      engine.provider.asked.length = 0
      engine.provider.answers({ body: plain })
      const credential = new Credential(parts)
      const result = await requestToken(engine.app, context(account(), values), { grant, credential })
      expect(result).toMatchObject({ parts: { ...parts, access_token: 'at-1' }, refreshable: true })
      const { assertion = '', ...params } = Object.fromEntries(new URLSearchParams(engine.provider.asked[0]?.body))
      expect(params).toEqual({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' })
      const options = { audience: 'https://acme.example/token', currentDate, maxTokenAge: 60 }
      const { payload, protectedHeader } = await jwtVerify(assertion, rsa.publicKey, options)
      expect(payload).toMatchObject({ iss: 'a@b.example', scope: 'a b', jti: expect.any(String) })
      expect([payload.sub, protectedHeader.kid]).toEqual([sub, 'k9'])
    }
  })

  test('or goes into a header, where the provider wants it there and answers in its own shape', async () => {
    engine.provider.asked.length = 0
    engine.provider.answers({ status: 201, body: { token: 'at-2', expires_at: '2026-01-15T13:00:00Z' } })
    const auth = account({
      token: `${engine.provider.url}/installations/{installation}/access_tokens`,
      claims: { iss: '{app_id}' },
      scopes: [],
      tokenParams: { grant_type: '', assertion: '' },
      tokenHeaders: { authorization: 'Bearer {assertion}' },
      answer: { accessToken: 'token', expiresAt: 'expires_at' },
      body: 'json',
    })
    const grant = { grant: 'jwt_bearer', credential: new Credential(inFile) } as const
    const result = await requestToken(engine.app, context(auth, { installation: '7', app_id: '12' }), grant)
    expect(result).toMatchObject({ parts: { access_token: 'at-2' }, expiresAt: Date.UTC(2026, 0, 15, 13) })
    const [asked] = engine.provider.asked
    expect([asked?.path, asked?.body]).toEqual(['/installations/7/access_tokens', '{}'])
    const { payload } = await jwtVerify(asked?.headers.authorization?.slice(7) ?? '', rsa.publicKey, { currentDate })
    expect(payload.iss).toBe('12')
  })

  test('beside the client, where the provider wants both', async () => {
    engine.provider.asked.length = 0
    engine.provider.answers({ body: plain })
    const credential = new Credential({ ...inFile, client_secret: 'cs' })
    const auth = account({ clientAuth: 'post' })
    await requestToken(engine.app, context(auth, { client_id: 'ci' }), { grant: 'jwt_bearer', credential })
    expect(engine.provider.asked[0]?.body).toMatch(/^client_id=ci&client_secret=cs&grant_type=/)
  })

  test('and without a key that can sign nothing is sent, and the field is named', async () => {
    engine.provider.asked.length = 0
    const credential = new Credential({ ...inFile, private_key: pem(p256) })
    expect(await requestToken(engine.app, context(account()), { grant: 'jwt_bearer', credential })).toMatchObject({
      refused: 'other',
      reached: 'not_sent',
      fault: { code: 'validation_error', details: { invalidFields: [{ field: 'key_file' }] } },
    })
    expect(engine.provider.asked).toEqual([])
  })
})
