/** Signing in at an OpenID provider: a real one over HTTP, whose answers the tests choose. */
import { Secret as OtpSecret, TOTP } from 'otpauth'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type OpenIdProvider, startOpenIdProvider } from '../kit/openid-provider.ts'
import { asBrowser, cookieOf, invitationTo, signUp } from '../kit/person.ts'

let provider: OpenIdProvider
let claw: TestClawLink
const usual = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' }

beforeAll(async () => {
  provider = await startOpenIdProvider()
  claw = await startClawLink({
    connected: false,
    config: {
      oidcIssuer: provider.issuer,
      oidcClientId: provider.clientId,
      oidcClientSecret: new Secret(provider.clientSecret),
      oidcLabel: 'Works',
    },
  })
})
afterAll(async () => {
  await claw.stop()
  await provider[Symbol.asyncDispose]()
})
afterEach(() => {
  Object.assign(provider, { person: usual, more: {}, forges: 'nothing' })
  claw.clock.move(60_000)
})

type Trip = {
  cookies?: string | undefined
  /** Of whoever is signed in, when another one is typed than their own. */
  password?: string
  invitation?: string
  to?: string
  change?: (back: URL) => void
}

/** Starts as a browser with these cookies does, and goes to the provider: the cookies from then on, and the way back. */
async function goThere({ cookies, password = 'four plain words here', invitation, to }: Trip = {}) {
  const headers = { origin: claw.url, 'content-type': 'application/json', ...(cookies && { cookie: cookies }) }
  const started = await claw.http(
    cookies === undefined && invitation === undefined && to === undefined
      ? { method: 'GET', path: '/auth/oidc/start' }
      : {
          method: 'POST',
          path: '/auth/oidc/start',
          headers,
          body: JSON.stringify({ invitation, to, ...(cookies !== undefined && { password }) }),
        },
  )
  const location = started.status === 302 ? started.headers.get('location') : JSON.parse(started.text).location
  const state = /clawlink_oidc=[^;]+/.exec(started.headers.get('set-cookie') ?? '')?.[0]
  const back = (await fetch(String(location), { redirect: 'manual' })).headers.get('location')
  return {
    started,
    location: String(location),
    cookies: [cookies, state].filter(Boolean).join('; '),
    back: new URL(back ?? ''),
  }
}

const comeBack = (cookies: string, { pathname, search }: URL) =>
  claw.http({ method: 'GET', path: `${pathname}${search}`, headers: { cookie: cookies } })

/** There and back: what a browser is told in the end. */
async function signInThere(trip: Trip = {}) {
  const { cookies, back } = await goThere(trip)
  trip.change?.(back)
  const answer = await comeBack(cookies, back)
  const set = answer.headers.getSetCookie().find(each => each.startsWith('clawlink_session='))
  const place = String(answer.headers.get('location')).slice(claw.url.length)
  return { status: answer.status, place, cookie: set?.split(';')[0] }
}

const me = async (cookie: string | undefined) => (await asBrowser(claw, cookie)('GET', '/me')).body

test('the sign-in page learns what the button says', async () => {
  expect((await asBrowser(claw)('GET', '/setup')).body.oidc).toEqual({ label: 'Works' })
})

test('somebody invited by address gets an account by signing in there, and signs in so from then on', async () => {
  const invitation = await invitationTo(claw, { role: 'admin', email: 'ada@example.com' })
  const first = await signInThere()
  expect(first).toMatchObject({ status: 302, place: '/' })
  expect(await me(first.cookie)).toMatchObject({
    person: { email: 'ada@example.com', name: 'Ada Lovelace', hasPassword: false },
    workspaces: [{ id: claw.app.workspaceId, role: 'admin' }],
  })
  expect((await asBrowser(claw)('POST', '/invitations/read', { body: { token: invitation } })).status).toBe(404)
  provider.person = { ...usual, email: 'ada@elsewhere.example' }
  const again = await signInThere()
  expect(await me(again.cookie)).toMatchObject({ person: { email: 'ada@example.com' } })
  const { items } = (await asBrowser(claw, again.cookie)('GET', '/audit?action=session.started')).body
  expect(items).toMatchObject([{ details: { by: 'single sign-on' } }, { details: { by: 'single sign-on' } }])
})

test('the link of an invitation is accepted there too, and its token is in no URL', async () => {
  const invitation = await invitationTo(claw)
  provider.person = { ...usual, sub: 'grace', email: 'grace@example.com', name: 'Grace' }
  const { location, cookies, back } = await goThere({ invitation })
  for (const place of [location, back.href, cookies]) expect(place).not.toContain(invitation)
  const set = (await comeBack(cookies, back)).headers.getSetCookie().find(each => each.startsWith('clawlink_session='))
  expect(await me(set?.split(';')[0])).toMatchObject({ person: { name: 'Grace' }, workspaces: [{ role: 'member' }] })
})

test('the page that was asked for comes back with whatever came of it', async () => {
  const to = '/approvals/appr_1?x=1'
  const place = '/sign-in?to=%2Fapprovals%2Fappr_1%3Fx%3D1'
  provider.person = { ...usual, sub: 'joan', email: 'joan@example.com' }
  expect(await signInThere({ to })).toMatchObject({ place: `${place}#problem=forbidden`, cookie: undefined })
  await invitationTo(claw, { email: 'joan@example.com' })
  const done = await signInThere({ to })
  expect(done).toMatchObject({ place: `${place}#done` })
  expect(await me(done.cookie)).toMatchObject({ person: { email: 'joan@example.com' } })
  expect((await signInThere({ to: `/${'x'.repeat(999)}` })).place).toMatch(/x#done$/)
  const headers = { origin: claw.url, 'content-type': 'application/json' }
  const body = JSON.stringify({ to: `/${'x'.repeat(1000)}` })
  expect((await claw.http({ method: 'POST', path: '/auth/oidc/start', headers, body })).status).toBe(400)
})

test('an address that only the userinfo endpoint tells counts as well', async () => {
  await invitationTo(claw, { email: 'hedy@example.com' })
  provider.person = { sub: 'hedy' }
  provider.more = { email: 'hedy@example.com', email_verified: true }
  expect(await me((await signInThere()).cookie)).toMatchObject({ person: { name: 'hedy@example.com' } })
})

test('a person who is signed in links the account there, and then both ways lead in', async () => {
  const person = await signUp(claw)
  provider.person = { ...usual, sub: 'linked', email: person.email }
  expect(await signInThere()).toMatchObject({ place: '/sign-in#problem=forbidden' })
  expect(await signInThere({ cookies: person.cookie })).toMatchObject({ place: '/settings' })
  expect(await me((await signInThere()).cookie)).toMatchObject({ person: { id: person.personId, hasPassword: true } })
  const other = await signUp(claw)
  expect(await signInThere({ cookies: other.cookie })).toMatchObject({ place: '/settings#problem=conflict' })
})

test('an account is linked with the password alone, so that a stolen session does not become a way in for good', async () => {
  const { cookie, rest } = await signUp(claw)
  const headers = { cookie, origin: claw.url, 'content-type': 'application/json' }
  const link = async (body: object) => {
    const answer = await claw.http({ method: 'POST', path: '/auth/oidc/start', headers, body: JSON.stringify(body) })
    return [answer.status, answer.headers.get('set-cookie'), JSON.parse(answer.text).code]
  }
  expect(await link({})).toEqual([400, null, 'validation_error'])
  expect(await link({ password: 'not the password' })).toEqual([403, null, 'forbidden'])
  const { items } = (await rest('GET', '/audit?action=sign_in.failed')).body
  expect(items).toMatchObject([{ details: { step: 'password', failures: 1 } }])
  // Who came by the provider has no password, and stays with the account there.
  provider.person = { ...usual, sub: 'no password', email: 'none@example.com' }
  const { cookie: session = '' } = await signInThere({ invitation: await invitationTo(claw) })
  headers.cookie = session
  expect(await link({ password: '' })).toEqual([409, null, 'conflict'])
})

test('an account is linked only by the browser that is signed in to it', async () => {
  const [ada, eve] = [await signUp(claw), await signUp(claw)]
  provider.person = { ...usual, sub: 'of-eve' }
  const { cookies, back } = await goThere({ cookies: eve.cookie })
  const state = cookies.split('; ')[1] ?? ''
  const answer = await comeBack(`${ada.cookie}; ${state}`, back)
  expect(answer.headers.get('location')).toContain('#problem=unauthorized')
  expect((await signInThere()).cookie).toBeUndefined()
})

/** Somebody who signs in there and has one-time codes, and an invitation to a workspace that they are not in. */
async function withCodes(sub: string) {
  const person = await signUp(claw)
  provider.person = { ...usual, sub }
  await signInThere({ cookies: person.cookie })
  const { secret } = (await person.rest('POST', '/me/totp', { body: { password: person.password } })).body
  const totp = new TOTP({ secret: OtpSecret.fromBase32(String(secret)) })
  const code = () => totp.generate({ timestamp: claw.clock.now() })
  expect((await person.rest('POST', '/me/totp/confirm', { body: { code: code() } })).status).toBe(200)
  claw.clock.move(30_000)
  const other = await signUp(claw)
  const workspaceId = String((await other.rest('POST', '/workspaces', { body: { name: 'Other' } })).body.id)
  return { person, code, workspaceId, invitation: await invitationTo(claw, { workspaceId }) }
}

const answerCode = (place: string, code: string) =>
  asBrowser(claw)('POST', '/sign-in/second-factor', { body: { challenge: place.split('=')[1], code } })

test('a second factor is asked for here as well, and before it nobody joins by an invitation', async () => {
  const { person, code, workspaceId, invitation } = await withCodes('guarded')
  const own = await invitationTo(claw)
  expect(await signInThere({ invitation: own })).toMatchObject({ place: '/sign-in#problem=conflict' })
  const { place, cookie } = await signInThere({ invitation })
  expect(place).toMatch(/^\/sign-in#challenge=clc_[0-9a-f]{48}$/)
  expect(cookie).toBeUndefined()
  const read = () => asBrowser(claw)('POST', '/invitations/read', { body: { token: invitation } })
  expect((await answerCode(place, 'wrong')).status).toBe(401)
  expect((await read()).status).toBe(200)
  expect((await me(person.cookie)).workspaces).toHaveLength(1)

  const signedIn = cookieOf(await answerCode(place, code()))
  expect(await me(signedIn)).toMatchObject({ workspaces: [{ role: 'owner' }, { id: workspaceId, role: 'member' }] })
  expect((await read()).status).toBe(404)
})

test('an invitation that is taken back before the code is there signs nobody in', async () => {
  const { person, code, invitation } = await withCodes('late')
  const { place } = await signInThere({ invitation })
  await claw.app.db.write(tx => tx.updateTable('invitations').set({ ended_at: 1 }).execute())
  const late = await answerCode(place, code())
  expect([late.status, cookieOf(late)]).toEqual([404, undefined])
  expect((await me(person.cookie)).workspaces).toHaveLength(1)
})

test.each([
  ['nobody invited', { sub: 'new', email: 'new@example.com' }],
  ['whose address is not verified', { sub: 'new', email: 'invited@example.com', email_verified: false }],
  ['without an address', { sub: 'new', email: undefined }],
])('a person %s gets no account', async (_, claims) => {
  await invitationTo(claw, { email: 'invited@example.com' })
  provider.person = { ...usual, ...claims }
  expect(await signInThere()).toEqual({ status: 302, place: '/sign-in#problem=forbidden', cookie: undefined })
})

test('an address that has an account with a password is not taken over by an invitation', async () => {
  const person = await signUp(claw)
  await invitationTo(claw, { email: person.email, role: 'owner' })
  provider.person = { ...usual, sub: 'somebody', email: person.email }
  expect(await signInThere()).toMatchObject({ place: '/sign-in#problem=conflict', cookie: undefined })
})

test.each<[string, Partial<OpenIdProvider>]>([
  ['without a signature', { forges: 'no signature' }],
  ['signed by another key', { forges: 'another key' }],
  ['for another client', { person: { ...usual, aud: 'other' } }],
  ['of another issuer', { person: { ...usual, iss: 'https://evil.example' } }],
  ['for another sign-in', { person: { ...usual, nonce: 'other' } }],
  ['that is over', { person: { ...usual, exp: 1 } }],
])('an ID token %s signs nobody in', async (_, mistake) => {
  Object.assign(provider, mistake)
  expect(await signInThere()).toEqual({ status: 302, place: '/sign-in#problem=unauthorized', cookie: undefined })
})

test.each<[string, (back: URL) => void]>([
  ['another state', back => back.searchParams.set('state', 'other')],
  ['no state', back => back.searchParams.delete('state')],
  ['another issuer', back => back.searchParams.set('iss', 'https://evil.example')],
  ['another code', back => back.searchParams.set('code', 'other')],
  ['an error', back => back.searchParams.set('error', 'access_denied')],
])('an answer with %s signs nobody in', async (_, change) => {
  expect(await signInThere({ change })).toMatchObject({ place: '/sign-in#problem=unauthorized', cookie: undefined })
})

test('an answer counts for the browser that asked alone, for ten minutes', async () => {
  const { cookies, back } = await goThere()
  const before = provider.exchanges
  const [state = ''] = cookies.split('; ')
  const changed = `${state.slice(0, -4)}AAAA`
  for (const other of ['', 'clawlink_oidc=1.AAAA', changed, (await goThere()).cookies])
    expect((await comeBack(other, back)).headers.get('location')).toContain('#problem=unauthorized')
  claw.clock.move(10 * 60_000)
  expect((await comeBack(cookies, back)).headers.get('location')).toContain('#problem=unauthorized')
  expect(provider.exchanges).toBe(before)
})

test('a page of another site starts nothing for who is signed in', async () => {
  const { cookie } = await signUp(claw)
  for (const origin of ['https://evil.example', 'http://127.0.0.1:1', undefined]) {
    const headers = { cookie, 'content-type': 'application/json', ...(origin !== undefined && { origin }) }
    const answer = await claw.http({ method: 'POST', path: '/auth/oidc/start', headers, body: '{}' })
    expect([origin, answer.status]).toEqual([origin, 403])
  }
})

test('too many starts from one address are refused', async () => {
  for (let i = 0; i < 20; i++) await goThere()
  const refused = await claw.http({ method: 'GET', path: '/auth/oidc/start' })
  expect(refused.headers.get('location')).toBe(`${claw.url}/sign-in#problem=rate_limited`)
})

test('without a provider there is nothing to start, and one that is gone is said to be', async () => {
  await using plain = await startClawLink({ connected: false })
  const start = async (at: TestClawLink) =>
    (await at.http({ method: 'GET', path: '/auth/oidc/start' })).headers.get('location')?.split('#')[1]
  expect(await start(plain)).toBe('problem=not_found')
  const gone = { oidcIssuer: 'http://127.0.0.1:1', oidcClientId: 'clawlink' }
  await using lost = await startClawLink({ connected: false, config: gone })
  expect(await start(lost)).toBe('problem=provider_unavailable')
})

test('the secret of ClawLink at the provider is logged nowhere', () => {
  expect(claw.logged()).not.toContain(provider.clientSecret)
  expect(claw.answered()).not.toContain(provider.clientSecret)
})
