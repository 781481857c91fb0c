import { expect, test } from 'vitest'
import { signIn } from '../sign-in.ts'
import { ask, startStill } from '../test-client.ts'
import { everything, post } from './test-client.ts'

test('a device gets its tokens when a person has entered its code, and is told to wait or to slow down before', async () => {
  await using world = await startStill()
  const { sandbox, pass } = world
  const told = (await post(sandbox, '/oauth/device', { scope: everything })).json
  expect(told).toMatchObject({ verification_uri: `${sandbox.url}/oauth/code`, expires_in: 600 })
  const poll = async () => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    return (await post(sandbox, '/oauth/token', { grant_type, device_code: told.device_code })).json
  }
  expect((await poll()).error).toBe('authorization_pending')
  expect((await poll()).error).toBe('slow_down')
  const page = await fetch(told.verification_uri)
  expect(await page.text()).toContain('name="user_code"')
  const { pages } = await signIn(told.verification_uri_complete, { account: 'Tomás', scopes: ['issues'] })
  expect(pages.map(({ status }) => status)).toEqual([200, 200])
  pass(5)
  const tokens = await poll()
  expect(tokens).toMatchObject({ scope: 'issues', token_type: 'Bearer' })
  const me = await ask(sandbox, '/me', { key: tokens.access_token })
  expect(me.json).toMatchObject({ id: sandbox.accounts[1].id, scopes: ['issues'] })
  pass(5)
  expect((await poll()).error).toBe('invalid_grant')
})

test('a device is told when the person denies, and when its code is too old', async () => {
  await using world = await startStill()
  const { sandbox, pass } = world
  const begin = async () => (await post(sandbox, '/oauth/device', { scope: everything })).json
  const poll = async (device_code: string) => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    return (await post(sandbox, '/oauth/token', { grant_type, device_code })).json.error
  }
  const denied = await begin()
  await signIn(denied.verification_uri_complete, { deny: true })
  expect(await poll(denied.device_code)).toBe('access_denied')
  const late = await begin()
  pass(601)
  expect(await poll(late.device_code)).toBe('expired_token')
  const { pages } = await signIn(late.verification_uri_complete)
  expect(pages).toMatchObject([{ status: 400 }])
})
