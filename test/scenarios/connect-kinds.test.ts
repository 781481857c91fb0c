/** Connecting in the ways that are neither a redirect with a code nor a form: OAuth 1.0a, and a code on another device. */
import { describe, expect, test } from 'vitest'
import { connector, oauth1, tool } from '../../src/catalog/define.ts'
import { signIn as signInAtSandbox } from '../../src/sandbox/sign-in.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import {
  addProviders,
  askForLink,
  comeBack,
  onPage,
  statusOf,
  stored,
  tokenForms,
  toProvider,
} from '../kit/connecting.ts'
import { type Person, signUp } from '../kit/person.ts'
import { startTokenProvider } from '../kit/token-provider.ts'
import { otherAccount } from './tools.ts'

async function start(): Promise<TestClawLink & { ada: Person }> {
  const claw = await startClawLink({ connected: false })
  return { ...claw, ada: await signUp(claw) }
}

test('by OAuth 1.0a, whose state travels in the callback', async () => {
  await using provider = await startTokenProvider()
  const claw = await startClawLink({ connected: false, config: { outboundAllow: [new URL(provider.url).host] } })
  await using _ = claw
  const ada = await signUp(claw)
  const { url } = provider
  addProviders(claw, {
    acme: connector({
      name: 'Acme',
      about: 'A provider of the first hour.',
      auth: [
        oauth1({
          label: 'Acme',
          requestToken: `${url}/request`,
          authorize: `${url}/authorize`,
          accessToken: `${url}/access`,
        }),
      ],
      account: { request: 'GET /me', id: 'id', label: 'name' },
      api: { base: url },
      tools: { whoami: tool({ about: 'Who am I at Acme.', input: {}, request: 'GET /me' }) },
    }),
  })
  await ada.rest('POST', '/oauth-apps', {
    body: { registration: 'acme', clientId: 'app', clientSecret: 'app-secret-1' },
  })
  const temporary = { oauth_token: 'temporary_token', oauth_token_secret: 'temporary_secret' }
  const lasting = { oauth_token: 'lasting_token', oauth_token_secret: 'lasting_secret' }
  const formOf = (fields: Record<string, string>) => String(new URLSearchParams(fields))
  const id = await askForLink(claw, { provider: 'acme' })

  provider.answers({ body: formOf({ ...temporary, oauth_callback_confirmed: 'true' }) })
  const location = await toProvider(ada, id, { way: 'oauth1' })
  expect(location.href).toBe(`${url}/authorize?oauth_token=temporary_token`)
  const signed = decodeURIComponent(provider.asked[0]?.headers.authorization ?? '')
  const [, callback = ''] = /oauth_callback="([^"]*)"/.exec(signed) ?? []
  expect(callback).toMatch(new RegExp(`^${claw.url}/connect/callback\\?state=[\\w-]{43}$`))

  const other = new URL(callback)
  other.searchParams.set('oauth_token', 'token_of_somebody_else')
  other.searchParams.set('oauth_verifier', 'verifier_of_somebody_else')
  await comeBack(claw, other, ada.cookie)
  expect(await statusOf(claw, id)).toMatchObject({ state: 'awaiting_user', problem: { code: 'provider_unavailable' } })
  expect(provider.asked.map(({ path }) => path)).toEqual(['/request'])

  provider.answers({ body: formOf({ ...temporary, oauth_callback_confirmed: 'true' }) })
  await toProvider(ada, id, { way: 'oauth1' })
  const [, again = ''] =
    /oauth_callback="([^"]*)"/.exec(decodeURIComponent(provider.asked[1]?.headers.authorization ?? '')) ?? []
  const back = new URL(again)
  back.searchParams.set('oauth_token', 'temporary_token')
  back.searchParams.set('oauth_verifier', 'verifier_of_the_person')
  provider.answers({ body: formOf(lasting) }, { body: { id: 'u1', name: 'Ada' } })
  await comeBack(claw, back, ada.cookie)
  expect(await statusOf(claw, id)).toMatchObject({
    state: 'connected',
    connection: { account: { id: 'u1' }, auth: 'oauth1' },
  })
  expect(provider.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /request',
    'POST /request',
    'POST /access',
    'GET /me',
  ])
  expect(provider.asked[2]?.headers.authorization).toContain('oauth_verifier="verifier_of_the_person"')
  expect(provider.asked[3]?.headers.authorization).toContain('oauth_token="lasting_token"')
})

describe('by a code on another device', () => {
  async function showCode(claw: TestClawLink & { ada: Person }) {
    const id = await askForLink(claw)
    await onPage(claw.ada, id, 'open')
    const { body } = await onPage(claw.ada, id, 'device', { way: 'device' })
    return { id, body, poll: async () => (await onPage(claw.ada, id, 'device/poll')).body }
  }

  test('the page shows it, and the connection is there once the person has typed it in', async () => {
    await using claw = await start()
    const { id, body, poll } = await showCode(claw)
    expect(body).toEqual({
      userCode: expect.any(String),
      verificationUri: `${claw.sandbox.url}/oauth/code`,
      verificationUriComplete: expect.stringContaining(String(body.userCode)),
      intervalMs: 5000,
      expiresAt: expect.any(String),
    })
    await signInAtSandbox(String(body.verificationUriComplete), { account: otherAccount.email })
    claw.clock.move(5000)
    expect(await poll()).toEqual({ state: 'connected', problem: null })
    expect(await statusOf(claw, id)).toMatchObject({
      state: 'connected',
      connection: { auth: 'device', account: { label: otherAccount.email } },
    })
    expect((await stored(claw)).seals).toEqual([])
    expect(await poll()).toEqual({ state: 'connected', problem: null })
  })

  test('the provider is asked no faster than it wants to be, however often the page asks', async () => {
    await using claw = await start()
    const { poll } = await showCode(claw)
    claw.sandbox.takeRequests()
    const waiting = { state: 'awaiting_user', problem: null }
    for (const _ of [1, 2, 3]) expect(await poll()).toEqual(waiting)
    expect(tokenForms(claw)).toHaveLength(0)
    claw.clock.move(5000)
    expect(await Promise.all([poll(), poll(), poll(), poll()])).toEqual([waiting, waiting, waiting, waiting])
    expect(tokenForms(claw)).toHaveLength(1)
    claw.clock.move(4999)
    await poll()
    expect(tokenForms(claw)).toHaveLength(1)
    claw.clock.move(1)
    await poll()
    expect(tokenForms(claw)).toHaveLength(2)
  })

  test('a no there ends the try and not the session', async () => {
    await using claw = await start()
    const { body, poll } = await showCode(claw)
    const other = await showCode(claw)
    await signInAtSandbox(String(body.verificationUriComplete), { deny: true })
    claw.clock.move(5000)
    expect(await poll()).toMatchObject({ state: 'awaiting_user', problem: { code: 'permission_denied' } })
    claw.sandbox.takeRequests()
    claw.clock.move(5000)
    await poll()
    expect(claw.sandbox.requests).toEqual([])
    expect(await stored(claw)).toEqual({ connections: [], credentials: [], seals: [other.id] })
  })
})
