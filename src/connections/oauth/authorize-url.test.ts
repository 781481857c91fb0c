import { describe, expect, test } from 'vitest'
import { testClient } from '../../../test/kit/oauth-engine.ts'
import { oauth2 } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import { type AuthorizeAsk, authorizeUrl } from './authorize-url.ts'
import { challengeOf, newPkce } from './pkce.ts'

const way = (facts: Partial<Parameters<typeof oauth2>[0]> = {}) =>
  oauth2({ authorize: 'https://acme.example/authorize', token: 'https://acme.example/token', scopes: [], ...facts })

const ask: AuthorizeAsk = {
  provider: { connector: { name: 'Acme' } },
  auth: way(),
  client: testClient,
  redirectUri: 'https://own.example/back?x=1',
  state: 'st&1',
  challenge: 'ch',
  scopes: ['read:a b', 'write'],
  values: {},
}
const back = 'redirect_uri=https%3A%2F%2Fown.example%2Fback%3Fx%3D1&state=st%261'
const pkce = 'code_challenge=ch&code_challenge_method=S256'

describe('the address that the browser is sent to', () => {
  const rows: [what: string, change: Partial<AuthorizeAsk>, url: string][] = [
    [
      'usual',
      {},
      `https://acme.example/authorize?response_type=code&client_id=app%3A1&scope=read%3Aa%20b%20write&${back}&${pkce}`,
    ],
    [
      'PKCE off',
      { auth: way({ pkce: 'off' }), scopes: [] },
      `https://acme.example/authorize?response_type=code&client_id=app%3A1&${back}`,
    ],
    [
      'commas, and other names',
      {
        auth: way({ scopeSeparator: ',', names: { clientId: 'client_key', scope: 'user_scope' } }),
        scopes: ['a', 'b'],
      },
      `https://acme.example/authorize?response_type=code&client_key=app%3A1&user_scope=a%2Cb&${back}&${pkce}`,
    ],
    [
      'plus signs',
      { auth: way({ scopeSeparator: '+' }), scopes: ['read', 'write'] },
      `https://acme.example/authorize?response_type=code&client_id=app%3A1&scope=read+write&${back}&${pkce}`,
    ],
    [
      'filled in, with further parameters, and a query of its own',
      {
        auth: way({
          authorize: 'https://{sub}.acme.example/{tenant}/authorize?v=2',
          authorizeParams: { access_type: 'offline', store: 'stores/{store}', response_type: '', app: '{client_id}' },
        }),
        values: { sub: 'eu', tenant: 'a b', store: 's/1' },
        scopes: [],
      },
      `https://eu.acme.example/a%20b/authorize?v=2&client_id=app%3A1&access_type=offline&store=stores%2Fs%2F1&app=app%3A1&${back}&${pkce}`,
    ],
    [
      'a definition cannot replace what protects the exchange',
      {
        auth: way({
          authorizeParams: { state: 'x', redirect_uri: 'x', code_challenge_method: 'plain', code_challenge: '' },
        }),
        scopes: [],
      },
      `https://acme.example/authorize?response_type=code&client_id=app%3A1&state=st%261&redirect_uri=https%3A%2F%2Fown.example%2Fback%3Fx%3D1&code_challenge_method=S256&code_challenge=ch`,
    ],
  ]
  test.each(rows)('%s', (_, change, url) => {
    const made = authorizeUrl({ ...ask, ...change })
    const pairs = (text: unknown) => [...new URL(String(text)).searchParams].sort()
    expect(pairs(made)).toEqual(pairs(url))
    expect(String(made).split('?')[0]).toBe(url.split('?')[0])
    expect(String(made).match(/scope=[^&]*/)?.[0]).toBe(url.match(/scope=[^&]*/)?.[0])
  })

  test('holds no secret', () => {
    expect(String(authorizeUrl(ask))).not.toMatch(/secret|et%25/)
  })

  test.each(['on', 'required', undefined] as const)('is not made without a challenge (PKCE %s)', value => {
    const { challenge, ...without } = ask
    expect(authorizeUrl({ ...without, auth: way(value ? { pkce: value } : {}) })).toBeInstanceOf(Fault)
  })

  test.each([
    ['https://{sub}.acme.example/', { sub: 'evil.example/' }],
    ['https://{host}/', { host: 'evil.example' }],
    ['{instance}/authorize', { instance: 'https://evil.example' }],
    ['{instance}/authorize', { instance: 'javascript:alert(1)//' }],
    ['https://acme.example/{missing}', {}],
  ])('does not lead elsewhere: %s with %j', (authorize, values) => {
    const provider = { connector: { name: 'Acme', hosts: ['*.acme.example'] } }
    expect(authorizeUrl({ ...ask, provider, auth: way({ authorize }), values })).toMatchObject({
      code: 'validation_error',
    })
  })
})

describe('PKCE', () => {
  test('a challenge is what RFC 7636 says (appendix B)', () => {
    expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    )
  })

  test('a verifier is new each time, of the length and letters that are allowed', () => {
    const made = Array.from({ length: 20 }, newPkce)
    expect(new Set(made.map(({ verifier }) => verifier)).size).toBe(20)
    for (const { verifier, challenge } of made) {
      expect(verifier).toMatch(/^[\w-]{43}$/)
      expect(challenge).toBe(challengeOf(verifier))
    }
  })
})
