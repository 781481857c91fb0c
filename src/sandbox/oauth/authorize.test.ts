import { expect, test } from 'vitest'
import { signIn } from '../sign-in.ts'
import { ask, startStill } from '../test-client.ts'
import { authorization, callback, connect, everything, redeem, refresh } from './test-client.ts'

test('the code flow with PKCE gives tokens that the API takes for the chosen account', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const { location, pages } = await signIn(authorization(sandbox), { account: 'Tomás' })
  expect(pages[0]?.text).toContain('ClawLink')
  expect(location?.href.startsWith(`${callback}?`)).toBe(true)
  expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
    code: expect.any(String),
    state: 'st_1',
    iss: `${sandbox.url}/oauth`,
  })
  const told = await redeem(sandbox, location?.searchParams.get('code') ?? '')
  expect(told.status).toBe(200)
  expect(told.json).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    expires_in: 3600,
    scope: everything,
    token_type: 'Bearer',
  })
  const me = await ask(sandbox, '/me', { key: told.json.access_token })
  expect(me.json).toMatchObject({ id: sandbox.accounts[1].id, scopes: ['mail', 'issues', 'payments'] })
})

test('a person may grant less, and the answer and the API keep to it', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const told = await connect(sandbox, { scopes: ['mail', 'offline_access'] })
  expect(told.scope).toBe('mail offline_access')
  const key = told.access_token
  expect((await ask(sandbox, '/mail/messages', { key })).status).toBe(200)
  expect((await ask(sandbox, '/payments', { key })).json.error).toMatchObject({ code: 'missing_scope' })
  expect((await refresh(sandbox, told.refresh_token)).json.scope).toBe('mail offline_access')
})

test('without offline_access there is no refresh token', async () => {
  await using world = await startStill()
  const told = await connect(world.sandbox, { scopes: ['mail'] })
  expect(told.scope).toBe('mail')
  expect(told.refresh_token).toBeUndefined()
})

test('a person who denies, or allows nothing, is sent back with access_denied', async () => {
  await using world = await startStill()
  for (const choice of [{ deny: true }, { scopes: [] }]) {
    const { location } = await signIn(authorization(world.sandbox), choice)
    expect(Object.fromEntries(location?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      state: 'st_1',
      iss: `${world.sandbox.url}/oauth`,
    })
  }
})

const refusedRequests: [string, Record<string, string | undefined>, string][] = [
  ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
]

test.each(refusedRequests)('an authorization request with %s is sent back with an error', async (_, params, error) => {
  await using world = await startStill()
  const { location } = await signIn(authorization(world.sandbox, params))
  expect(location?.searchParams.get('error') ?? new URLSearchParams(location?.hash.slice(1)).get('error')).toBe(error)
})

const foreignPlaces = [
  'https://evil.example/connect/callback',
  'http://127.0.0.1:7070/elsewhere',
  'http://127.0.0.1:7070/connect/callback?next=https://evil.example',
  'http://127.0.0.1@evil.example/connect/callback',
  'javascript:alert(1)//connect/callback',
]

test.each(foreignPlaces)('nobody is sent back to %s', async redirect_uri => {
  await using world = await startStill()
  const { location, pages } = await signIn(authorization(world.sandbox, { redirect_uri }))
  expect(location).toBeUndefined()
  expect(pages).toMatchObject([{ status: 400 }])
})

test('people are sent back to a URL that the sandbox was told of', async () => {
  const redirect_uri = 'https://clawlink.example/connect/callback'
  await using world = await startStill({ redirectUris: [redirect_uri] })
  const { location } = await signIn(authorization(world.sandbox, { redirect_uri }))
  expect(location?.origin).toBe('https://clawlink.example')
})

test('the page has no script, escapes what it shows and may not be framed', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const response = await fetch(authorization(sandbox, { scope: 'mail "><script>x</script>' }), { redirect: 'manual' })
  expect([302, 303]).toContain(response.status)
  const { pages } = await signIn(`${sandbox.url}/oauth/code?user_code=%3Cscript%3E`)
  for (const { text } of pages) expect(text).not.toContain('<script')
  const page = await fetch(`${sandbox.url}/oauth/code`)
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})
