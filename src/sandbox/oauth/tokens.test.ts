import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { ask, startStill } from '../test-client.ts'
import { oauthClient } from './client.ts'
import { callback, code, connect, post, redeem, refresh } from './test-client.ts'

test('a code is good once, for its redirect URI, with its verifier and within a minute', async () => {
  await using world = await startStill()
  const { sandbox, pass } = world
  const other = randomBytes(32).toString('base64url')
  for (const wrong of [{ code_verifier: other }, { redirect_uri: callback.replace('7070', '7071') }, { code: 'x' }]) {
    expect(await redeem(sandbox, await code(sandbox), wrong)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant' },
    })
  }
  const late = await code(sandbox)
  pass(61)
  expect((await redeem(sandbox, late)).json.error).toBe('invalid_grant')

  const used = await code(sandbox)
  const told = (await redeem(sandbox, used)).json
  expect((await redeem(sandbox, used)).json.error).toBe('invalid_grant')
  expect((await ask(sandbox, '/me', { key: told.access_token })).status).toBe(401)
  expect((await refresh(sandbox, told.refresh_token)).json.error).toBe('invalid_grant')
})

test('the client proves itself by post or basic, and a wrong secret is refused', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const { refresh_token } = await connect(sandbox)
  const { clientId, clientSecret } = oauthClient
  const basic = (secret: string) => ({ authorization: `Basic ${btoa(`${clientId}:${secret}`)}` })
  const plain = (headers: Record<string, string>) =>
    fetch(`${sandbox.url}/oauth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token }),
    })
  expect((await plain(basic('wrong'))).status).toBe(401)
  expect((await plain(basic(clientSecret))).status).toBe(200)
  expect(await refresh(sandbox, refresh_token, { client_secret: 'wrong' })).toMatchObject({
    status: 401,
    json: { error: 'invalid_client' },
  })
})

test('an access token ends with its lifetime by the clock of the sandbox, and a refresh gives the next one', async () => {
  await using world = await startStill({ accessTtlS: 7200 })
  const { sandbox, pass } = world
  const first = await connect(sandbox)
  expect(first.expires_in).toBe(7200)
  const me = async (key: string) => (await ask(sandbox, '/me', { key })).status
  pass(7199)
  expect(await me(first.access_token)).toBe(200)
  pass(1)
  expect(await me(first.access_token)).toBe(401)
  const second = (await refresh(sandbox, first.refresh_token)).json
  expect(await me(second.access_token)).toBe(200)
  expect(second.refresh_token).not.toBe(first.refresh_token)
  pass(91 * 24 * 3600)
  expect((await refresh(sandbox, second.refresh_token)).json.error).toBe('invalid_grant')
})

test('a refresh token that is used again within the window gives a fresh set, and the set that nobody used ends', async () => {
  await using world = await startStill()
  const { sandbox, pass } = world
  const { refresh_token } = await connect(sandbox)
  const lost = (await refresh(sandbox, refresh_token)).json
  pass(29)
  const fresh = (await refresh(sandbox, refresh_token)).json
  expect(fresh.refresh_token).not.toBe(lost.refresh_token)
  expect((await ask(sandbox, '/me', { key: fresh.access_token })).status).toBe(200)
  expect(sandbox.chains()).toBe(1)
  expect((await refresh(sandbox, lost.refresh_token)).json.error).toBe('invalid_grant')
  expect((await refresh(sandbox, fresh.refresh_token)).status).toBe(200)
})

test('a set that was used stays when the token that it came from is used again within the window', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const { refresh_token } = await connect(sandbox)
  const used = (await refresh(sandbox, refresh_token)).json
  expect((await ask(sandbox, '/me', { key: used.access_token })).status).toBe(200)
  const late = (await refresh(sandbox, refresh_token)).json
  expect(sandbox.chains()).toBe(2)
  expect((await refresh(sandbox, used.refresh_token)).status).toBe(200)
  expect((await refresh(sandbox, late.refresh_token)).status).toBe(200)
})

test('a refresh token that is used again after the window ends the whole grant', async () => {
  await using world = await startStill()
  const { sandbox, pass } = world
  const other = await connect(sandbox)
  const first = await connect(sandbox)
  const second = (await refresh(sandbox, first.refresh_token)).json
  pass(30)
  expect(sandbox.chains()).toBe(2)
  expect(await refresh(sandbox, first.refresh_token)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  expect((await refresh(sandbox, second.refresh_token)).json.error).toBe('invalid_grant')
  expect((await ask(sandbox, '/me', { key: second.access_token })).status).toBe(401)
  expect(sandbox.chains()).toBe(1)
  expect((await refresh(sandbox, other.refresh_token)).status).toBe(200)
})

test('without a window, of two refreshes at the same time one ends the grant', async () => {
  await using world = await startStill({ reuseWindowS: 0 })
  const { sandbox } = world
  const { refresh_token } = await connect(sandbox)
  const both = await Promise.all([refresh(sandbox, refresh_token), refresh(sandbox, refresh_token)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
  for (const { json } of both) {
    expect((await ask(sandbox, '/me', { key: json.access_token ?? 'none' })).status).toBe(401)
    expect((await refresh(sandbox, json.refresh_token ?? 'none')).status).toBe(400)
  }
  expect(sandbox.chains()).toBe(0)
})

test.each(['access_token', 'refresh_token'])('revoking the %s ends the grant', async kind => {
  await using world = await startStill()
  const { sandbox } = world
  const told = await connect(sandbox)
  expect((await post(sandbox, '/oauth/revoke', { token: told[kind] })).status).toBe(200)
  expect((await ask(sandbox, '/me', { key: told.access_token })).status).toBe(401)
  expect((await refresh(sandbox, told.refresh_token)).json.error).toBe('invalid_grant')
})
