import { describe, expect, test } from 'vitest'
import { apiKey, basic, clientCertificate, headers, none, oauth2 } from '../catalog/define.ts'
import { applyCredential, maskedCredential, unfitForHeader, unfitPart } from './apply-credential.ts'
import { Credential } from './credential.ts'

const request = { method: 'GET', url: 'https://a.example/x', headers: {} }
const apply = (auth: Parameters<typeof applyCredential>[0], parts: Record<string, string>, values = {}) =>
  applyCredential(auth, new Credential(parts), values, request, 0)

const key = apiKey({ label: 'key', header: 'x-key', format: 'Token {secret};v=1' })
const inQuery = apiKey({ label: 'key', query: 'api_key' })
const token = basic({
  label: 'API token',
  user: '{email}/token',
  fields: { email: { label: 'Email' }, secret: { label: 'API token', secret: true } },
})
const several = headers({
  label: 'keys',
  fields: { app: { label: 'App id' }, one: { label: 'One', secret: true }, two: { label: 'Two', secret: true } },
  headers: { 'x-app': '{app}', 'x-one': '{one}', 'x-two': '{two}' },
})
const signIn = oauth2({ authorize: 'https://a.example/a', token: 'https://a.example/t', scopes: [] })

describe('a credential goes', () => {
  test.each([
    [
      'into the Authorization header as a bearer token',
      apiKey({ label: 'key' }),
      { secret: 'abc' },
      {},
      { authorization: 'Bearer abc' },
    ],
    ['into a header of the provider’s own', key, { secret: 'abc' }, {}, { 'x-key': 'Token abc;v=1' }],
    [
      'into several headers, with what is not secret',
      several,
      { one: '1', two: '2' },
      { app: 'a' },
      { 'x-app': 'a', 'x-one': '1', 'x-two': '2' },
    ],
    [
      'into user and password',
      token,
      { secret: 'pw' },
      { email: 'a@b.example' },
      { authorization: `Basic ${btoa('a@b.example/token:pw')}` },
    ],
    ['as an access token', signIn, { access_token: 'at', refresh_token: 'rt' }, {}, { authorization: 'Bearer at' }],
    ['nowhere where there is none', none(), {}, {}, {}],
  ])('%s', (_, auth, parts, values, expected) => {
    expect(apply(auth, parts, values)).toMatchObject({ headers: expected })
  })

  test('into the query, apart from the URL', () => {
    expect(apply(inQuery, { secret: 'a&b' })).toEqual({ headers: {}, query: { api_key: 'a&b' }, secrets: ['a&b'] })
  })

  test('nowhere when a part of it is missing', () => {
    expect(apply(key, {})).toBeUndefined()
    expect(apply(several, { one: '1' }, { app: 'a' })).toBeUndefined()
    expect(apply(token, { secret: 'pw' })).toBeUndefined()
  })

  test.each(['$&', '$1', "$'", '$$', '{secret}', 'toString'])('whole and unchanged: %s', secret => {
    expect(apply(key, { secret })).toMatchObject({ headers: { 'x-key': `Token ${secret};v=1` } })
  })
})

describe('what an answer must not repeat is', () => {
  test('all that travels, in the form in which it does, and not what stays here', () => {
    expect(apply(signIn, { access_token: 'at', refresh_token: 'rt' })?.secrets).toEqual(['at'])
    expect(apply(token, { secret: 'pw' }, { email: 'e' })?.secrets).toEqual(['pw', btoa('e/token:pw')])
  })

  test('not a private key, of which only its certificate’s fingerprint is told', () => {
    const applied = apply(clientCertificate({ label: 'certificate' }), { certificate: 'C', private_key: 'K' })
    expect(applied).toEqual({ headers: {}, secrets: [], certificate: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })
})

describe('a preview shows', () => {
  test.each([
    ['a header', key, {}, { headers: { 'x-key': 'Token •••;v=1' }, query: '' }],
    ['a parameter', inQuery, {}, { headers: {}, query: 'api_key=•••' }],
    ['user and password', token, { email: 'e' }, { headers: { authorization: 'Basic •••' }, query: '' }],
    [
      'several headers',
      several,
      { app: 'a' },
      { headers: { 'x-app': 'a', 'x-one': '•••', 'x-two': '•••' }, query: '' },
    ],
    ['an access token', signIn, {}, { headers: { authorization: 'Bearer •••' }, query: '' }],
  ])('%s without the secret', (_, auth, values, shown) => {
    expect(maskedCredential(auth, values)).toEqual(shown)
  })
})

test('what does not fit where it goes is named by its field', () => {
  expect(unfitPart(key, () => 'a b')).toMatchObject({ field: 'secret' })
  expect(unfitPart(token, name => (name === 'email' ? 'a:b' : 'x'))).toMatchObject({ field: 'email' })
  expect(unfitPart(token, name => (name === 'email' ? 'a' : 'x\r\ny'))).toMatchObject({ field: 'secret' })
  expect(unfitPart(key, () => 'fine')).toBeUndefined()
  expect(unfitPart(inQuery, () => 'a b')).toBeUndefined()
})

describe('a secret', () => {
  test.each(['a', 'sk-ant-api03_x/y+z==', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'])(
    'such as %j fits into a header',
    secret => {
      expect(unfitForHeader(secret)).toBeUndefined()
    },
  )

  test.each(['', 'a b', ' a', 'a\t', 'a\r\nx: 1', 'a\n', 'a\r', 'a\u0000', 'a\u007f', 'é', '\u00a0', '💩', '\u2028'])(
    'such as %j does not, and is not repeated',
    secret => {
      const problem = unfitForHeader(secret)
      expect(problem).toMatch(/^(is empty|holds a .*)$/)
      if (secret.length > 2) expect(problem).not.toContain(secret)
    },
  )
})
