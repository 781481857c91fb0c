/** People: the first owner, invitations, signing in and out, one's own account. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstRunLink, makeOwnerLink } from '../../src/accounts/people/owner-link.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { freePort } from '../kit/free-port.ts'
import { asBrowser, cookieOf, invitationTo, signInAgain, signUp } from '../kit/person.ts'

const password = 'four plain words here'
const tokenOf = (link: unknown) => String(link).split('#')[1] ?? ''

describe('a ClawLink without an owner', () => {
  test('makes who opens the first link its owner, once', async () => {
    await using claw = await startClawLink({ connected: false })
    const browser = asBrowser(claw)
    expect((await browser('GET', '/setup')).body).toMatchObject({ needsOwner: true, oidc: null })
    const link = await firstRunLink(claw.app)
    expect(link).toMatch(new RegExp(`^${claw.url}/setup#cli_[0-9a-f]{48}$`))
    const token = tokenOf(link)
    expect((await browser('POST', '/invitations/read', { body: { token } })).body).toEqual({
      workspace: 'Home',
      role: 'owner',
      email: null,
      accountExists: false,
    })
    const owner = await signUp(claw, { invitation: token })
    expect((await owner.rest('GET', '/me')).body).toMatchObject({
      person: { email: owner.email, name: 'Ada', twoFactor: false, hasPassword: true },
      workspaces: [{ id: claw.app.workspaceId, role: 'owner' }],
    })
    expect((await browser('GET', '/setup')).body.needsOwner).toBe(false)
    expect(await firstRunLink(claw.app)).toBeUndefined()
    const again = { token, email: 'eve@example.com', name: 'Eve', password }
    expect((await browser('POST', '/invitations/accept', { body: again })).status).toBe(404)
  })

  test('has one link at a time, for a day', async () => {
    await using claw = await startClawLink({ connected: false })
    const read = async (link: unknown) =>
      (await asBrowser(claw)('POST', '/invitations/read', { body: { token: tokenOf(link) } })).status
    const [first, second] = [await firstRunLink(claw.app), await firstRunLink(claw.app)]
    expect([await read(first), await read(second)]).toEqual([404, 200])
    claw.clock.move(24 * 60 * 60_000 - 1)
    expect(await read(second)).toBe(200)
    claw.clock.move(1)
    expect(await read(second)).toBe(404)
  })

  test('gives whoever runs it another owner link, also when there is an owner', async () => {
    await using claw = await startClawLink({ connected: false })
    const owner = await signUp(claw)
    const { app, clock } = claw
    const invited = await owner.rest('POST', '/invitations', { body: { role: 'member' } })
    const { link } = await makeOwnerLink(app.db, clock.now(), { workspaceId: app.workspaceId, url: app.url() })
    expect(link).toContain('/invite#')
    const made = (await owner.rest('GET', '/audit?action=invitation.made')).body.items
    expect(made).toMatchObject([
      { actor: { kind: 'system' }, details: { role: 'owner' } },
      { actor: { kind: 'person' } },
    ])
    const other = await signUp(claw, { invitation: tokenOf(link) })
    await signUp(claw, { invitation: tokenOf(invited.body.link) })
    const { items } = (await owner.rest('GET', '/members')).body
    expect(items).toMatchObject([{ role: 'owner' }, { id: other.personId, role: 'owner' }, { role: 'member' }])
  })
})

describe('somebody with an account', () => {
  let claw: TestClawLink
  beforeAll(async () => {
    // Without a worker, whose timers would all go off while the clock moves by weeks.
    claw = await startClawLink({ connected: false, config: { roles: ['web'] } })
  })
  afterAll(() => claw.stop())

  test('signs in, in any spelling of the address, and out again', async () => {
    const { email, cookie } = await signUp(claw, { email: 'Ada.Lovelace@Example.com' })
    const answer = await asBrowser(claw)('POST', '/sign-in', {
      body: { email: ` ${email.toUpperCase()} `, password },
    })
    expect(answer.body).toEqual({ status: 'signed_in' })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^clawlink_session=cls_[0-9a-f]{48}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    )
    const second = asBrowser(claw, cookieOf(answer))
    expect((await second('GET', '/me')).body.person).toMatchObject({ email: 'ada.lovelace@example.com' })
    const out = await second('POST', '/sign-out')
    expect(out.headers.get('set-cookie')).toMatch(/^clawlink_session=; .*Max-Age=0/)
    expect((await second('GET', '/me')).status).toBe(401)
    expect((await asBrowser(claw, cookie)('GET', '/me')).status).toBe(200)
  })

  test('sees in which browsers that is, and ends one of them', async () => {
    const here = await signUp(claw)
    claw.clock.move(60_000)
    const there = await signInAgain(claw, here)
    const { items } = (await here.rest('GET', '/me/sessions')).body
    expect(items).toMatchObject([
      { address: '127.0.0.1', current: false },
      { address: '127.0.0.1', current: true },
    ])
    const [{ id }] = items as [{ id: string }]
    expect((await here.rest('DELETE', `/me/sessions/${id}`)).body).toEqual({ id })
    expect((await there.rest('GET', '/me')).status).toBe(401)
    expect((await here.rest('GET', '/me/sessions')).body.items).toHaveLength(1)
    expect((await here.rest('DELETE', `/me/sessions/${id}`)).status).toBe(404)
  })

  test('stays signed in for a month when coming every week, and for a week otherwise', async () => {
    const dayMs = 24 * 60 * 60_000
    const [often, seldom] = [await signUp(claw), await signUp(claw)]
    for (let day = 0; day < 24; day += 6) {
      expect((await often.rest('GET', '/me')).status).toBe(200)
      claw.clock.move(6 * dayMs)
    }
    expect((await often.rest('GET', '/me')).status).toBe(200)
    expect((await seldom.rest('GET', '/me')).status).toBe(401)
    claw.clock.move(6 * dayMs)
    expect((await often.rest('GET', '/me')).status).toBe(401)
  })

  test('changes the password, which ends every other session', async () => {
    const person = await signUp(claw)
    const other = await signInAgain(claw, person)
    const next = 'five other plain words'
    const changed = await person.rest('POST', '/me/password', { body: { current: password, next } })
    expect(changed.body).toEqual({ sessionsEnded: 1 })
    expect((await other.rest('GET', '/me')).status).toBe(401)
    expect((await person.rest('GET', '/me')).status).toBe(200)
    const body = { email: person.email, password }
    expect((await asBrowser(claw)('POST', '/sign-in', { body })).status).toBe(401)
    await signInAgain(claw, { ...person, password: next })
  })

  test('needs the present password for a new one, and a good new one', async () => {
    const person = await signUp(claw)
    const change = (body: object) => person.rest('POST', '/me/password', { body })
    expect((await change({ current: 'something else', next: 'five other plain words' })).body.code).toBe('forbidden')
    expect((await change({ current: password, next: 'short' })).body).toMatchObject({
      code: 'validation_error',
      invalidFields: [{ field: 'next' }],
    })
    await signInAgain(claw, person)
  })

  test('changes the name, at once', async () => {
    const [person, other] = [await signUp(claw), await signUp(claw)]
    expect((await person.rest('PATCH', '/me', { body: { name: ' Grace ' } })).body).toMatchObject({ name: 'Grace' })
    expect((await person.rest('GET', '/whoami')).body.member).toMatchObject({ name: 'Grace' })
    expect((await other.rest('GET', '/whoami')).body.member).toMatchObject({ name: 'Ada' })
    expect((await person.rest('PATCH', '/me', { body: { name: 'a\u202Eb' } })).status).toBe(400)
  })

  test.each([
    ['address', { email: 'nobody' }, { invalidFields: [{ field: 'email' }] }],
    ['password', { password: 'short' }, { invalidFields: [{ field: 'password' }] }],
    ['name', { name: '' }, { invalidFields: [{ field: 'name' }] }],
    ['name at all', { name: undefined }, { missingFields: ['name'] }],
  ])('needs a good %s to get one, and keeps the invitation until then', async (_, wrong, problem) => {
    const token = await invitationTo(claw)
    const good = { token, email: `new-${token.slice(-8)}@example.com`, name: 'New', password }
    const accept = (body: object) => asBrowser(claw)('POST', '/invitations/accept', { body })
    expect((await accept({ ...good, ...wrong })).body).toMatchObject({ code: 'validation_error', ...problem })
    expect((await accept(good)).body).toEqual({ status: 'signed_in' })
  })
})

test('what people do with their accounts is in the audit record', async () => {
  await using claw = await startClawLink({ connected: false })
  const person = await signUp(claw)
  await asBrowser(claw)('POST', '/sign-in', { body: { email: person.email, password: 'wrong wrong wrong' } })
  const other = await signInAgain(claw, person)
  await other.rest('POST', '/sign-out')
  await person.rest('POST', '/me/password', { body: { current: password, next: 'five other plain words' } })
  const { items } = (await person.rest('GET', '/audit')).body
  const actions = (items as { action: string; address: string; actor: { id: string } }[]).filter(
    ({ actor }) => actor.id === person.personId,
  )
  expect(actions.map(({ action }) => action).toReversed()).toEqual([
    'invitation.accepted',
    'person.created',
    'session.started',
    'sign_in.failed',
    'session.started',
    'session.ended',
    'password.changed',
  ])
  for (const { address } of actions) expect(address).toBe('127.0.0.1')
  expect((await person.rest('GET', '/audit/verify')).body).toMatchObject({ ok: true })
})

test('cookies are for https alone, and links name the public URL, once there is one', async () => {
  // As behind a proxy that ends TLS: this very server, by its https name.
  const port = await freePort()
  await using claw = await startClawLink({ connected: false, config: { port, publicUrl: `https://127.0.0.1:${port}` } })
  expect(await firstRunLink(claw.app)).toMatch(/^https:.*\/setup#/)
  const token = await invitationTo(claw, { role: 'owner' })
  const body = { token, email: 'ada@example.com', name: 'Ada', password }
  const answer = await asBrowser(claw)('POST', '/invitations/accept', { body })
  expect(answer.headers.get('set-cookie')).toMatch(/; Secure$/)
  const owner = asBrowser(claw, cookieOf(answer))
  expect((await owner('POST', '/invitations', { body: { role: 'member' } })).body.link).toMatch(/^https:.*\/invite#/)
  const overPlainHttp = { origin: `http://127.0.0.1:${port}` }
  expect((await owner('POST', '/sign-out', { headers: overPlainHttp })).body.code).toBe('forbidden')
  expect((await owner('POST', '/sign-out')).body).toEqual({ status: 'signed_out' })
})
