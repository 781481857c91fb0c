import { expect, test } from 'vitest'
import { type Choice, signIn } from '../sign-in.ts'
import type { Sandbox } from '../start.ts'
import { ask, startStill } from '../test-client.ts'

const callback = 'http://localhost:7070/connect/callback'

const usual = {
  response_type: 'code',
  client_id: 'odd-app',
  redirect_uri: callback,
  scope: 'mail,issues',
  state: 'st_1',
  audience: 'sandbox',
}

async function authorize(sandbox: Sandbox, params: Record<string, string> = {}, choice: Choice = {}) {
  const { location, pages } = await signIn(
    `${sandbox.url}/odd/authorize?${new URLSearchParams({ ...usual, ...params })}`,
    choice,
  )
  return { pages, back: location && Object.fromEntries(location.searchParams) }
}

async function ofToken(sandbox: Sandbox, fields: Record<string, string>) {
  const response = await fetch(`${sandbox.url}/odd/token`, { method: 'POST', body: new URLSearchParams(fields) })
  const { status, headers } = response
  const form: Record<string, string> = Object.fromEntries(new URLSearchParams(await response.text()))
  return { status, type: headers.get('content-type'), form }
}

const redeem = (sandbox: Sandbox, code: string, fields = {}) =>
  ofToken(sandbox, {
    grant_type: 'authorization_code',
    client_id: 'odd-app',
    client_secret: 'odd-secret',
    code,
    redirect_uri: callback,
    ...fields,
  })

const refresh = (sandbox: Sandbox, refresh_token: string, fields = {}) =>
  ofToken(sandbox, {
    grant_type: 'refresh_token',
    client_key: 'odd-app',
    client_secret: 'odd-secret',
    refresh_token,
    ...fields,
  })

async function connect(sandbox: Sandbox, choice: Choice = {}): Promise<Record<string, string>> {
  const { back } = await authorize(sandbox, {}, choice)
  return (await redeem(sandbox, back?.code ?? '')).form
}

const meStatus = async (sandbox: Sandbox, key = '') => (await ask(sandbox, '/me', { key })).status

test('its flow gives a form without token_type under the name of a web page, and the API takes the token', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const { back } = await authorize(sandbox, {}, { account: 'Tomás' })
  const team = sandbox.accounts[1].id.replace('acct', 'team')
  expect(back).toEqual({ code: expect.any(String), state: 'st_1', team })
  const told = await redeem(sandbox, back?.code ?? '')
  expect(told).toEqual({
    status: 200,
    type: 'text/html; charset=utf-8',
    form: {
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_in: '3600',
      scope: 'mail,issues',
      team,
    },
  })
  const me = await ask(sandbox, '/me', { key: told.form.access_token })
  expect(me.json).toMatchObject({ id: sandbox.accounts[1].id, scopes: ['mail', 'issues'] })
})

test('a person may grant less', async () => {
  await using world = await startStill()
  expect((await connect(world.sandbox, { scopes: ['issues'] })).scope).toBe('issues')
})

const refusedRequests: [string, Record<string, string>, string][] = [
  ['a code challenge', { code_challenge: 'x' }, 'code_challenge'],
  ['no audience', { audience: '' }, 'audience'],
  ['scopes separated by spaces', { scope: 'mail issues' }, 'commas'],
]

test.each(refusedRequests)('an authorization request with %s is sent back with an error', async (_, params, named) => {
  await using world = await startStill()
  const { back } = await authorize(world.sandbox, params)
  expect(back).toMatchObject({
    error: expect.any(String),
    error_message: expect.stringContaining(named),
    state: 'st_1',
  })
  expect(back?.code).toBeUndefined()
})

test('a person who denies is sent back with access_denied', async () => {
  await using world = await startStill()
  expect((await authorize(world.sandbox, {}, { deny: true })).back).toMatchObject({ error: 'access_denied' })
})

test('an unknown client and a foreign redirect get a page and no redirect', async () => {
  await using world = await startStill()
  for (const params of [{ client_id: 'other' }, { redirect_uri: 'https://evil.example/connect/callback' }]) {
    expect(await authorize(world.sandbox, params)).toMatchObject({ back: undefined, pages: [{ status: 400 }] })
  }
})

test('errors come with status 200', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const { back } = await authorize(sandbox)
  const code = back?.code ?? ''
  const refused = async (told: ReturnType<typeof redeem>, error: string) =>
    expect(await told).toMatchObject({ status: 200, form: { error, error_message: expect.any(String) } })
  await refused(redeem(sandbox, code, { client_secret: 'wrong' }), 'invalid_client')
  await refused(redeem(sandbox, code, { redirect_uri: 'http://localhost/connect/callback' }), 'invalid_grant')
  await refused(redeem(sandbox, code, { grant_type: 'password' }), 'unsupported_grant_type')
  const { refresh_token = '' } = (await redeem(sandbox, code)).form
  await refused(refresh(sandbox, refresh_token, { client_id: 'odd-app' }), 'invalid_request')
  await refused(refresh(sandbox, refresh_token, { client_key: 'other' }), 'invalid_client')
  expect((await refresh(sandbox, refresh_token)).form.access_token).toEqual(expect.any(String))
})

test('a code is good within a minute and once, and ends what came of it when it is used again', async () => {
  await using world = await startStill()
  const { sandbox, pass } = world
  const late = (await authorize(sandbox)).back?.code ?? ''
  pass(60)
  expect((await redeem(sandbox, late)).form.error).toBe('invalid_grant')
  const code = (await authorize(sandbox)).back?.code ?? ''
  const { access_token } = (await redeem(sandbox, code)).form
  expect(await meStatus(sandbox, access_token)).toBe(200)
  expect((await redeem(sandbox, code)).form.error).toBe('invalid_grant')
  expect(await meStatus(sandbox, access_token)).toBe(401)
})

test('a refresh token that is used again ends its chain at once', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const other = await connect(sandbox)
  const first = await connect(sandbox)
  const second = (await refresh(sandbox, first.refresh_token ?? '')).form
  expect(sandbox.chains()).toBe(2)
  expect((await refresh(sandbox, first.refresh_token ?? '')).form.error).toBe('invalid_grant')
  expect(sandbox.chains()).toBe(1)
  expect((await refresh(sandbox, second.refresh_token ?? '')).form.error).toBe('invalid_grant')
  expect(await meStatus(sandbox, second.access_token)).toBe(401)
  expect(await meStatus(sandbox, other.access_token)).toBe(200)
})

test('an access token ends by the clock of the sandbox', async () => {
  await using world = await startStill({ accessTtlS: 100 })
  const { sandbox, pass } = world
  const told = await connect(sandbox)
  expect(told.expires_in).toBe('100')
  pass(99)
  expect(await meStatus(sandbox, told.access_token)).toBe(200)
  pass(1)
  expect(await meStatus(sandbox, told.access_token)).toBe(401)
})

test('revoking takes the access token as a bearer and ends its chain', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const { access_token = '', refresh_token = '' } = await connect(sandbox)
  const revoke = () => ask(sandbox, '/odd/revoke', { method: 'DELETE', key: access_token })
  expect((await revoke()).text).toBe('revoked=true')
  expect((await revoke()).text).toContain('error=invalid_token')
  expect(await meStatus(sandbox, access_token)).toBe(401)
  expect((await refresh(sandbox, refresh_token)).form.error).toBe('invalid_grant')
})

test('faults meet it too: a refresh whose answer is lost has taken effect', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const { refresh_token = '' } = await connect(sandbox)
  const match = { method: 'POST', path: '/odd/token' }
  sandbox.script({ kind: 'status', status: 500, match }, { kind: 'close_mid_body', match })
  expect((await refresh(sandbox, refresh_token)).status).toBe(500)
  await expect(refresh(sandbox, refresh_token)).rejects.toThrow()
  expect((await refresh(sandbox, refresh_token)).form.error).toBe('invalid_grant')
  expect(sandbox.refreshes()).toHaveLength(3)
  expect(sandbox.refreshes()[1]).toMatchObject({ body: expect.stringContaining(refresh_token), status: 200 })
})

test('all grants can be ended, and access tokens alone', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const told = await connect(sandbox)
  sandbox.expireAccessTokens()
  expect(await meStatus(sandbox, told.access_token)).toBe(401)
  const next = (await refresh(sandbox, told.refresh_token ?? '')).form
  expect(await meStatus(sandbox, next.access_token)).toBe(200)
  sandbox.revokeGrants()
  expect(await meStatus(sandbox, next.access_token)).toBe(401)
  expect((await refresh(sandbox, next.refresh_token ?? '')).form.error).toBe('invalid_grant')
})
