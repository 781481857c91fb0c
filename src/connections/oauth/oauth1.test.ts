import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEngine, testClient } from '../../../test/kit/oauth-engine.ts'
import type { Scripted } from '../../../test/kit/token-provider.ts'
import { type OAuth1, oauth1 } from '../../catalog/auth.ts'
import { Credential } from '../credential.ts'
import { exchangeVerifier, requestTemporary } from './oauth1.ts'
import { authorizationOf, type Pair, percentEncode, signatureBase, signatureOf } from './oauth1-signature.ts'
import { signOAuth1 } from './sign-oauth1.ts'

const entries = (text: string) => [...new URLSearchParams(text)] as Pair[]

describe('a signature is the one that is published', () => {
  test('base text of RFC 5849, 3.4.1.1', () => {
    const base = signatureBase('POST', 'http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b', [
      ['oauth_consumer_key', '9djdj82h48djs9d2'],
      ['oauth_token', 'kkk9d7dh3k39sjv7'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131201'],
      ['oauth_nonce', '7d8f3e4a'],
      ...entries('c2&a3=2+q'),
    ])
    expect(base).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26' +
        'oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26' +
        'oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    )
  })

  test('temporary credentials, token and resource of RFC 5849, 1.2', () => {
    const client = { clientId: 'dpf43f3p2l4k3l03', clientSecret: 'kd94hf93k423kf44' }
    const signed = (method: string, url: string, pairs: Pair[], tokenSecret?: string) =>
      signatureOf(
        signatureBase(method, url, [
          ['oauth_consumer_key', client.clientId],
          ['oauth_signature_method', 'HMAC-SHA1'],
          ...pairs,
        ]),
        'HMAC-SHA1',
        client.clientSecret,
        tokenSecret,
      )
    expect(
      signed('POST', 'https://photos.example.net/initiate', [
        ['oauth_timestamp', '137131200'],
        ['oauth_nonce', 'wIjqoS'],
        ['oauth_callback', 'http://printer.example.com/ready'],
      ]),
    ).toBe('74KNZJeDHnMBp0EMJ9ZHt/XKycU=')
    expect(
      signed(
        'POST',
        'https://photos.example.net/token',
        [
          ['oauth_token', 'hh5s93j4hdidpola'],
          ['oauth_timestamp', '137131201'],
          ['oauth_nonce', 'walatlh'],
          ['oauth_verifier', 'hfdp7dh39dks9884'],
        ],
        'hdhd0244k9j7ao03',
      ),
    ).toBe('gKgrFCywp7rO0OXSjdot/IHF7IU=')
    expect(
      signed(
        'GET',
        'http://photos.example.net/photos?file=vacation.jpg&size=original',
        [
          ['oauth_token', 'nnch734d00sl2jdk'],
          ['oauth_timestamp', '137131202'],
          ['oauth_nonce', 'chapoH'],
        ],
        'pfkkdhi9sl3r4s00',
      ),
    ).toBe('MdpQcU8iPSUjWoN/UDMsK2sui9I=')
  })

  test("the status update that Twitter's documentation signs", () => {
    const { header, signature } = authorizationOf({
      method: 'POST',
      url: 'https://api.twitter.com/1.1/statuses/update.json?include_entities=true',
      by: 'HMAC-SHA1',
      clientId: 'xvz1evFS4wEEPTGEFPHBog',
      clientSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
      token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
      tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
      form: [['status', 'Hello Ladies + Gentlemen, a signed OAuth request!']],
      nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
      nowMs: 1318622958_000,
    })
    expect(signature).toBe('hCtSmYh+iHYCEqBWrE7C7hYmtUk=')
    expect(header).toContain('oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"')
  })

  test('text is encoded as RFC 5849, 3.6 says', () => {
    expect(percentEncode("AZaz09-._~ !'()*+/ü")).toBe('AZaz09-._~%20%21%27%28%29%2A%2B%2F%C3%BC')
  })

  test('by HMAC-SHA256 and in plain text', () => {
    expect(signatureOf('base', 'HMAC-SHA256', 'a', 'b')).toMatch(/^[\w+/]{43}=$/)
    expect(signatureOf('base', 'PLAINTEXT', 'djr9rjt0jd78jf88', 'jj999tj88ui')).toBe('djr9rjt0jd78jf88&jj999tj88ui')
    expect(signatureOf('base', 'PLAINTEXT', 'djr9rjt0jd78jf88')).toBe('djr9rjt0jd78jf88&')
  })
})

/** The protocol's parameters of a signed header, decoded. */
function readHeader(header = ''): Record<string, string> {
  const pairs = [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    decodeURIComponent(value),
  ])
  return Object.fromEntries(pairs)
}

/** Whether a header is signed as its own parameters say. */
function isSigned(
  method: string,
  url: string,
  header: string | undefined,
  secrets: [string, string],
  form: Pair[] = [],
) {
  const { oauth_signature, ...params } = readHeader(header)
  const by = params.oauth_signature_method === 'HMAC-SHA256' ? 'HMAC-SHA256' : 'HMAC-SHA1'
  return (
    oauth_signature === signatureOf(signatureBase(method, url, [...Object.entries(params), ...form]), by, ...secrets)
  )
}

describe('a request of a connection', () => {
  const parts = { client_id: 'ci', client_secret: 'c&s', access_token: 'at', token_secret: 't&s' }
  const url = 'https://acme.example/a%20b?x=1%2B1&x=0'

  test('is signed with everything in it: address, query and form', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    const request = { method: 'POST', url, headers, body: 'a=1+2&b=%26' }
    const signed = signOAuth1({ signature: 'HMAC-SHA256' }, new Credential(parts), request, 1_700_000_000_999)
    const header = signed?.headers.authorization
    expect(readHeader(header)).toMatchObject({
      oauth_timestamp: '1700000000',
      oauth_token: 'at',
      oauth_consumer_key: 'ci',
    })
    expect(isSigned('POST', url, header, ['c&s', 't&s'], entries('a=1+2&b=%26'))).toBe(true)
    expect(isSigned('POST', url, header, ['c&s', 't&s'])).toBe(false)
    expect(signed?.secrets).toEqual(expect.arrayContaining(['c&s', 'at', 't&s', readHeader(header).oauth_signature]))
  })

  test('of JSON is signed without its body', () => {
    const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: '{"a=b":1}' }
    const signed = signOAuth1({}, new Credential(parts), request, 0)
    expect(isSigned('POST', url, signed?.headers.authorization, ['c&s', 't&s'])).toBe(true)
  })

  test('has a nonce of its own', () => {
    const sign = () => signOAuth1({}, new Credential(parts), { method: 'GET', url, headers: {} }, 0)
    const nonces = Array.from({ length: 10 }, () => readHeader(sign()?.headers.authorization).oauth_nonce)
    expect(new Set(nonces).size).toBe(10)
  })

  test.each(Object.keys(parts))('is not signed without its %s', name => {
    const rest = Object.fromEntries(Object.entries(parts).filter(([each]) => each !== name))
    expect(signOAuth1({}, new Credential(rest), { method: 'GET', url, headers: {} }, 0)).toBe(undefined)
  })
})

describe('the way to lasting credentials', () => {
  let engine: Awaited<ReturnType<typeof startEngine>>
  beforeAll(async () => {
    engine = await startEngine()
  })
  afterAll(() => engine[Symbol.asyncDispose]())

  const contextOf = (facts: Partial<OAuth1> = {}) => {
    const { url } = engine.provider
    const auth = oauth1({
      label: 'account',
      requestToken: `${url}/request?scope=read`,
      authorize: `${url}/authorize`,
      accessToken: `${url}/access`,
      ...facts,
    })
    return { provider: { connector: { name: 'Acme' } }, auth, client: testClient, values: { app: 'Claw Link' } }
  }
  const back = 'https://own.example/back?x=1'
  const temporary = 'oauth_token=tt%2F1&oauth_token_secret=ts&oauth_callback_confirmed=true'

  async function begin(answer: Scripted, facts: Partial<OAuth1> = {}) {
    engine.provider.asked.length = 0
    engine.provider.answers(answer)
    const result = await requestTemporary(engine.app, contextOf(facts), back)
    return { result, asked: [...engine.provider.asked] }
  }

  test('begins with temporary ones and leads to the provider', async () => {
    const { result, asked } = await begin(
      { body: temporary },
      { authorizeParams: { name: '{app}', expiration: 'never' } },
    )
    const { url } = engine.provider
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([['POST', '/request?scope=read', '']])
    expect(readHeader(asked[0]?.headers.authorization)).toMatchObject({
      oauth_callback: back,
      oauth_consumer_key: 'app:1',
    })
    expect(isSigned('POST', `${url}/request?scope=read`, asked[0]?.headers.authorization, ['s/e+c r:et%', ''])).toBe(
      true,
    )
    expect(result).toEqual({
      location: `${url}/authorize?name=Claw+Link&expiration=never&oauth_token=tt%2F1`,
      token: 'tt/1',
      secret: 'ts',
    })
  })

  test('ends with the verifier', async () => {
    engine.provider.asked.length = 0
    engine.provider.answers({ body: 'oauth_token=at-1&oauth_token_secret=as-1&screen_name=ada&user_id=7' })
    const context = contextOf({ keep: { handle: 'screen_name', echo: 'oauth_token_secret' }, signature: 'HMAC-SHA256' })
    const handed = { token: 'tt/1', secret: 'ts', verifier: 'v/1' }
    expect(await exchangeVerifier(engine.app, context, handed)).toMatchObject({
      parts: { client_id: 'app:1', client_secret: 's/e+c r:et%', access_token: 'at-1', token_secret: 'as-1' },
      metadata: { handle: 'ada' },
      expiresAt: null,
      refreshable: false,
    })
    const [asked] = engine.provider.asked
    expect(readHeader(asked?.headers.authorization)).toMatchObject({ oauth_token: 'tt/1', oauth_verifier: 'v/1' })
    expect(isSigned('POST', `${engine.provider.url}/access`, asked?.headers.authorization, ['s/e+c r:et%', 'ts'])).toBe(
      true,
    )
  })

  test.each([
    ['without a confirmed way back', { body: 'oauth_token=a&oauth_token_secret=b' }, 'provider_unavailable'],
    ['without a secret', { body: 'oauth_token=a&oauth_callback_confirmed=true' }, 'provider_unavailable'],
    ['that refuses the client', { status: 401, body: 'Invalid signature s/e+c r:et%' }, 'authentication_failed'],
    ['that redirects', { status: 302, headers: { location: '/elsewhere' } }, 'provider_unavailable'],
    ['that never comes', { drop: true }, 'provider_unavailable'],
  ])('does not begin after an answer %s', async (_, answer, code) => {
    const { result, asked } = await begin(answer)
    expect(asked).toHaveLength(1)
    expect(result).toMatchObject({ code })
    expect(JSON.stringify(result)).not.toMatch(/et%|oauth_signature/)
  })
})
