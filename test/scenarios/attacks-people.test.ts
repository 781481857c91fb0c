/** What somebody tries who wants in, or more than is theirs. */
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endSession } from '../../src/accounts/people/end-session.ts'
import { createPasswords } from '../../src/accounts/people/passwords.ts'
import { removeMember } from '../../src/accounts/people/remove-member.ts'
import { claimTry, returnTry } from '../../src/accounts/people/sign-in-try.ts'
import type { MemberPrincipal } from '../../src/accounts/principal.ts'
import { beginHttp } from '../kit/begin-http.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { startDevice } from '../kit/device.ts'
import { asBrowser, cookieOf, invitationTo, type Person, signUp } from '../kit/person.ts'
import { stored, tablesOfPeople } from '../kit/stored.ts'

let claw: TestClawLink
beforeAll(async () => {
  claw = await startClawLink({ connected: false })
})
afterAll(() => claw.stop())

const minuteMs = 60_000
const password = 'four plain words here'
const wrong = 'four other words there'
const trySignIn = (email: string, word = wrong) =>
  asBrowser(claw)('POST', '/sign-in', { body: { email, password: word } })
/** What one address may fail in a minute is counted apart from what an account may. */
const nextMinute = () => claw.clock.move(minuteMs)

describe('finding out who has an account', () => {
  test('gets one answer for a stranger, a wrong password, a person without one and a locked account, at equal work', async () => {
    await using slow = await startClawLink({ connected: false, slowPasswords: true })
    const trySignIn = (email: string, word = wrong) =>
      asBrowser(slow)('POST', '/sign-in', { body: { email, password: word } })
    const known = await signUp(slow)
    const elsewhere = await signUp(slow)
    const locked = await signUp(slow)
    await slow.app.db.write(async tx => {
      await tx.updateTable('people').set({ password_hash: '' }).where('id', '=', elsewhere.personId).execute()
      const locked_until = slow.clock.now() + 60 * minuteMs
      await tx.updateTable('people').set({ locked_until }).where('id', '=', locked.personId).execute()
    })
    const cases = {
      'wrong password': () => trySignIn(known.email),
      stranger: () => trySignIn('nobody@example.com'),
      'no address at all': () => trySignIn('nobody'),
      'no password': () => trySignIn(elsewhere.email),
      'no password, empty': () => trySignIn(elsewhere.email, ''),
      locked: () => trySignIn(locked.email, locked.password),
    }
    const costs: Record<string, number> = {}
    const answers = new Set<string>()
    for (const [name, ask] of Object.entries(cases)) {
      const before = process.cpuUsage()
      const { status, text, headers } = await ask()
      const { user, system } = process.cpuUsage(before)
      costs[name] = user + system
      answers.add(JSON.stringify([status, text, [...headers.keys()].toSorted()]))
    }
    expect(answers.size).toBe(1)
    // Without a hash it would be a hundredth of it. Processor time, since others use this machine too.
    const { 'wrong password': usual = 0, ...others } = costs
    for (const [name, cost] of Object.entries(others))
      expect({ name, share: cost / usual > 0.4 }).toEqual({ name, share: true })
  })

  test('gets as many commits for a stranger as for a known person', async () => {
    const known = await signUp(claw)
    const commits = async (email: string) => {
      const { write } = claw.app.db
      let count = 0
      claw.app.db.write = run => {
        count++
        return write(run)
      }
      await trySignIn(email)
      claw.app.db.write = write
      return count
    }
    expect(await commits('nobody@example.com')).toBe(await commits(known.email))
  })
})

describe('guessing', () => {
  test('a password: ten wrong ones lock the account, also for the right one, and longer each time', async () => {
    nextMinute()
    const { email } = await signUp(claw)
    const other = await signUp(claw)
    for (let i = 0; i < 10; i++) expect((await trySignIn(email)).status).toBe(401)
    expect((await trySignIn(other.email, password)).status).toBe(200)
    const refused = await trySignIn(email, password)
    expect([refused.status, refused.text]).toEqual([401, (await trySignIn('nobody@example.com')).text])
    nextMinute()
    expect((await trySignIn(email)).status).toBe(401)
    nextMinute()
    expect((await trySignIn(email, password)).status).toBe(401)
    nextMinute()
    expect((await trySignIn(email, password)).status).toBe(200)
    expect((await trySignIn(email)).status).toBe(401)
    expect((await trySignIn(email, password)).status).toBe(200)
  })

  test('a password many times at once is no better than in a row', async () => {
    nextMinute()
    const { email, personId } = await signUp(claw)
    await Promise.all(Array.from({ length: 15 }, () => trySignIn(email)))
    const person = await claw.app.db.read
      .selectFrom('people')
      .selectAll()
      .where('id', '=', personId)
      .executeTakeFirstOrThrow()
    expect(person).toMatchObject({ failures: 10, locked_until: claw.clock.now() + minuteMs })
  })

  test('is not what somebody does who is told to come back later: that counts for nothing, and takes back nothing else', async () => {
    nextMinute()
    const { email, personId } = await signUp(claw)
    const { app, clock } = claw
    const { passwords } = app
    app.passwords = createPasswords({ parallelMax: 0, waitingMax: 0 })
    for (let i = 0; i < 12; i++) expect((await trySignIn(email, password)).status).toBe(429)
    app.passwords = passwords
    const waiting = await app.db.write(tx => claimTry(tx, clock.now(), { email }))
    expect((await trySignIn(email, password)).status).toBe(200)
    await app.db.write(async tx => waiting && returnTry(tx, waiting))
    const people = app.db.read.selectFrom('people').select(['failures', 'locked_until'])
    expect(await people.where('id', '=', personId).execute()).toEqual([{ failures: 0, locked_until: 0 }])
  })

  test('goes on in no other process', async () => {
    nextMinute()
    const { email } = await signUp(claw)
    const other = await claw.otherProcess()
    for (let i = 0; i < 10; i++) await other.write(tx => claimTry(tx, claw.clock.now(), { email }))
    expect((await trySignIn(email, password)).status).toBe(401)
    nextMinute()
    expect((await trySignIn(email, password)).status).toBe(200)
  })

  test('from one address is refused after twenty wrong tries in a minute, whoever it is about', async () => {
    nextMinute()
    const person = await signUp(claw)
    const body = { challenge: `clc_${'0'.repeat(48)}`, code: '123456' }
    for (let i = 0; i < 20; i++)
      expect((await asBrowser(claw)('POST', '/sign-in/second-factor', { body })).status).toBe(401)
    const refused = await trySignIn(person.email, password)
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryAfterMs: minuteMs } })
    expect(refused.headers.get('retry-after')).toBe('60')
    nextMinute()
    expect((await trySignIn(person.email, password)).status).toBe(200)
  })

  test('invitations is refused after twenty, and a good one is not used up by that', async () => {
    nextMinute()
    const token = await invitationTo(claw)
    const read = (guess: string) => asBrowser(claw)('POST', '/invitations/read', { body: { token: guess } })
    for (let i = 0; i < 20; i++) expect((await read(`cli_${String(i).padStart(48, '0')}`)).status).toBe(404)
    expect((await read(token)).status).toBe(429)
    nextMinute()
    expect((await read(token)).status).toBe(200)
  })

  test('one’s own password with a stolen session locks as sign-in does', async () => {
    nextMinute()
    const stolen = await signUp(claw)
    const guess = (current: string) => stolen.rest('POST', '/me/password', { body: { current, next: wrong } })
    await claw.app.db.write(tx =>
      tx.updateTable('people').set({ failures: 8 }).where('id', '=', stolen.personId).execute(),
    )
    for (const each of ['the ninth wrong one', 'the tenth']) expect((await guess(each)).body.code).toBe('forbidden')
    expect((await guess(password)).body.code).toBe('forbidden')
    expect((await trySignIn(stolen.email, password)).status).toBe(401)
    nextMinute()
    expect((await trySignIn(stolen.email, password)).status).toBe(200)
  })
})

describe('guessing a one-time code with a known password', () => {
  const codeOf = (secret: unknown) =>
    new TOTP({ secret: Secret.fromBase32(String(secret)) }).generate({ timestamp: claw.clock.now() })
  const answer = async (challenge: unknown, code: string) =>
    (await asBrowser(claw)('POST', '/sign-in/second-factor', { body: { challenge, code } })).status

  async function guarded() {
    nextMinute()
    const person = await signUp(claw)
    const { secret } = (await person.rest('POST', '/me/totp', { body: { password } })).body
    await person.rest('POST', '/me/totp/confirm', { body: { code: codeOf(secret) } })
    nextMinute()
    const challenge = async () => (await trySignIn(person.email, password)).body.challenge
    const wrongCode = () => (codeOf(secret) === '000000' ? '000001' : '000000')
    return { ...person, code: () => codeOf(secret), wrongCode, challenge }
  }

  test('ends its challenge after five', async () => {
    const person = await guarded()
    const challenge = await person.challenge()
    for (let i = 0; i < 5; i++) expect(await answer(challenge, person.wrongCode())).toBe(401)
    expect(await answer(challenge, person.code())).toBe(401)
    expect(await answer(await person.challenge(), person.code())).toBe(200)
  })

  test('locks the account after ten, however many challenges that took', async () => {
    const person = await guarded()
    const challenges = [await person.challenge(), await person.challenge(), await person.challenge()]
    for (let i = 0; i < 10; i++) expect(await answer(challenges[i % 2], person.wrongCode())).toBe(401)
    expect(await answer(challenges[2], person.code())).toBe(401)
    expect((await trySignIn(person.email, password)).status).toBe(401)
    nextMinute()
    expect(await answer(await person.challenge(), person.code())).toBe(200)
  })

  test('goes on with no challenge once the password is another', async () => {
    const person = await guarded()
    const challenge = await person.challenge()
    expect((await person.rest('POST', '/me/password', { body: { current: password, next: wrong } })).status).toBe(200)
    expect(await answer(challenge, person.code())).toBe(401)
  })
})

/** Another process removes this member. */
async function removeElsewhere(owner: Person, person: Person): Promise<void> {
  const by: MemberPrincipal = {
    ...{ kind: 'member', personId: owner.personId, name: 'Ada', email: owner.email, sessionId: '' },
    ...{ workspaceId: claw.app.workspaceId, role: 'owner', environment: 'live' },
  }
  await removeMember(await claw.otherProcess(), claw.clock.now(), { by, id: person.personId, address: '' })
}

describe('a session', () => {
  test('is never one that the browser brought along', async () => {
    const person = await signUp(claw)
    const planted = `clawlink_session=cls_${'a'.repeat(48)}`
    for (const cookie of [planted, person.cookie]) {
      const body = { email: person.email, password }
      const started = cookieOf(await asBrowser(claw, cookie)('POST', '/sign-in', { body }))
      expect(started).toBeDefined()
      expect(started).not.toBe(cookie)
    }
    expect((await asBrowser(claw, planted)('GET', '/me')).status).toBe(401)
  })

  test('that was ended in another process stops within a second', async () => {
    const person = await signUp(claw)
    const [session] = (await person.rest('GET', '/me/sessions')).body.items as [{ id: string }]
    const principal = { personId: person.personId, name: 'Ada', email: person.email, sessionId: session.id }
    const other = await claw.otherProcess()
    expect(await endSession(other, claw.clock.now(), { person: principal })).toBeUndefined()
    claw.clock.move(1000)
    expect((await person.rest('GET', '/me')).status).toBe(401)
  })

  test('reaches no workspace within a second after its person was removed in another process', async () => {
    const [owner, person] = [await signUp(claw), await signUp(claw, { role: 'member' })]
    expect((await person.rest('GET', '/members')).status).toBe(200)
    await removeElsewhere(owner, person)
    claw.clock.move(1000)
    expect((await person.rest('GET', '/members')).status).toBe(404)
  })

  test('makes no key once its person is removed, also not by a request that had begun before', async () => {
    const [owner, person] = [await signUp(claw), await signUp(claw, { role: 'member' })]
    const { finish } = await beginHttp(claw.url, {
      method: 'POST',
      path: '/api/v1/keys',
      headers: { cookie: person.cookie, origin: claw.url },
      body: JSON.stringify({ agent: 'left behind', environment: 'live' }),
    })
    expect((await owner.rest('DELETE', `/members/${person.personId}`)).status).toBe(200)
    claw.clock.move(1)
    expect(await finish()).toBe(404)
  })

  test('makes no key in the second for which another process remembers it', async () => {
    const [owner, person] = [await signUp(claw), await signUp(claw, { role: 'admin' })]
    const { id: old } = (await owner.rest('POST', '/keys', { body: { agent: 'theirs', environment: 'live' } })).body
    const device = await startDevice(claw)
    expect((await person.rest('GET', '/members')).status).toBe(200)
    await removeElsewhere(owner, person)
    expect((await person.rest('GET', '/members')).status).toBe(200)
    const terms = { environment: 'live', scope: {} }
    for (const [path, body] of [
      ['/keys', { agent: 'left behind', ...terms }],
      [`/keys/${old}/rotate`, {}],
      [`/pairings/${device.id}/approve`, terms],
    ] as const)
      expect([path, (await person.rest('POST', path, { body })).status]).toEqual([path, 404])
  })

  test('of somebody else can be neither seen nor ended', async () => {
    const [ada, eve] = [await signUp(claw), await signUp(claw)]
    const [session] = (await ada.rest('GET', '/me/sessions')).body.items as [{ id: string }]
    expect((await eve.rest('GET', '/me/sessions')).text).not.toContain(session.id)
    const refused = await eve.rest('DELETE', `/me/sessions/${session.id}`)
    const madeUp = await eve.rest('DELETE', `/me/sessions/${session.id.replace(/.{4}$/, '0000')}`)
    expect([refused.status, refused.body.title]).toEqual([404, madeUp.body.title])
    expect((await ada.rest('GET', '/me')).status).toBe(200)
  })
})

test('no password, session, invitation, challenge, one-time secret or recovery code is stored or logged as it is', async () => {
  const person = await signUp(claw)
  const { secret } = (await person.rest('POST', '/me/totp', { body: { password } })).body
  const code = new TOTP({ secret: Secret.fromBase32(String(secret)) }).generate({ timestamp: claw.clock.now() })
  const { recoveryCodes } = (await person.rest('POST', '/me/totp/confirm', { body: { code } })).body
  const { challenge } = (await trySignIn(person.email, password)).body
  const { link } = (await person.rest('POST', '/invitations', { body: { role: 'member' } })).body
  const tables = await stored(claw, [...tablesOfPeople, 'settings'])
  const secrets = [password, secret, challenge, person.cookie.split('=')[1], String(link).split('#')[1]]
  for (const each of [...secrets, ...(recoveryCodes as string[])]) {
    expect(String(each).length).toBeGreaterThan(10)
    expect(tables).not.toContain(each)
    expect(claw.logged()).not.toContain(each)
  }
})

describe('a page of another site', () => {
  const foreign = [undefined, 'null', 'https://evil.example', 'http://127.0.0.1:1', 'http://localhost:1', 'file://']

  test('changes nothing at any route, for whoever is signed in', async () => {
    const owner = await signUp(claw)
    const document = JSON.parse((await claw.http({ method: 'GET', path: '/api/openapi.json' })).text)
    const unsafe = Object.entries<Record<string, { 'x-clawlink-may': string }>>(document.paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods)
          .filter(([method]) => method !== 'get')
          .map(([method, operation]) => ({ path, method: method.toUpperCase(), may: operation['x-clawlink-may'] })),
    )
    expect(unsafe.length).toBeGreaterThan(20)
    const [session] = (await owner.rest('GET', '/me/sessions')).body.items as [{ id: string }]
    const before = await stored(claw, [
      ...tablesOfPeople,
      'keys',
      'agents',
      'rules',
      'pairings',
      'approvals',
      'connections',
    ])
    for (const { path, method, may } of unsafe) {
      for (const origin of foreign) {
        const answer = await claw.http({
          method,
          path: `/api/v1${path.replace('/me/sessions/{id}', `/me/sessions/${session.id}`).replace(/\{\w+\}/g, owner.personId)}`,
          headers: {
            cookie: owner.cookie,
            'content-type': 'application/json',
            ...(origin !== undefined && { origin }),
          },
          body: '{}',
        })
        expect([method, path, may, origin, answer.status]).toEqual([method, path, may, origin, 403])
      }
    }
    expect(
      await stored(claw, [...tablesOfPeople, 'keys', 'agents', 'rules', 'pairings', 'approvals', 'connections']),
    ).toBe(before)
  })

  test('signs nobody in to an account of its own', async () => {
    const eve = await signUp(claw)
    for (const origin of foreign.filter(each => each !== undefined)) {
      const body = JSON.stringify({ email: eve.email, password })
      const headers = { 'content-type': 'application/json', origin }
      const answer = await claw.http({ method: 'POST', path: '/api/v1/sign-in', headers, body })
      expect([origin, answer.status, cookieOf(answer)]).toEqual([origin, 403, undefined])
    }
  })

  test('gets nothing done by a form either', async () => {
    const owner = await signUp(claw)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { 'content-type': type }
      const answer = await owner.rest('PATCH', '/me', { headers, body: { name: 'Taken over' } })
      expect([type, answer.status]).toEqual([type, 400])
    }
    expect((await owner.rest('GET', '/me')).body.person).toMatchObject({ name: 'Ada' })
  })
})

describe('more than one’s role', () => {
  let owner: Person
  let admin: Person
  let member: Person
  beforeAll(async () => {
    nextMinute()
    owner = await signUp(claw)
    admin = await signUp(claw, { role: 'admin' })
    member = await signUp(claw, { role: 'member' })
  })

  test('is not had by inviting oneself or others', async () => {
    const invite = async (by: Person, role: string) =>
      (await by.rest('POST', '/invitations', { body: { role } })).status
    expect([await invite(admin, 'owner'), await invite(admin, 'admin'), await invite(admin, 'member')]).toEqual([
      403, 201, 201,
    ])
    expect([await invite(member, 'member'), await invite(member, 'owner')]).toEqual([403, 403])
    expect(await invite(owner, 'owner')).toBe(201)
  })

  test('is not had by changing one’s own or others’', async () => {
    const change = async (by: Person, { personId }: Person, role: string) =>
      (await by.rest('PATCH', `/members/${personId}`, { body: { role } })).status
    expect(await change(admin, admin, 'owner')).toBe(403)
    expect(await change(admin, member, 'owner')).toBe(403)
    expect(await change(admin, owner, 'member')).toBe(403)
    expect(await change(admin, owner, 'owner')).toBe(403)
    expect(await change(member, member, 'admin')).toBe(403)
    expect((await admin.rest('DELETE', `/members/${owner.personId}`)).status).toBe(403)
    expect((await member.rest('DELETE', `/members/${admin.personId}`)).status).toBe(403)
    expect((await admin.rest('PATCH', `/members/${member.personId}`, { body: { role: 'super' } })).status).toBe(400)
    const roles = (await owner.rest('GET', '/members')).body.items as { id: string; role: string }[]
    const roleOf = ({ personId }: Person) => roles.find(({ id }) => id === personId)?.role
    expect([owner, admin, member].map(roleOf)).toEqual(['owner', 'admin', 'member'])
  })

  test('is not had by an invitation from better times', async () => {
    const lowered = await signUp(claw)
    const invited = async (role: string) => {
      const { link } = (await lowered.rest('POST', '/invitations', { body: { role } })).body
      return String(link).split('#')[1] ?? ''
    }
    const [asOwner, asAdmin] = [await invited('owner'), await invited('admin')]
    await owner.rest('PATCH', `/members/${lowered.personId}`, { body: { role: 'admin' } })
    const accept = (token: string) => lowered.rest('POST', '/invitations/accept', { body: { token } })
    expect((await accept(asOwner)).status).toBe(404)
    expect((await accept(asAdmin)).body.code).toBe('conflict')
    await owner.rest('PATCH', `/members/${lowered.personId}`, { body: { role: 'member' } })
    expect((await accept(asAdmin)).status).toBe(404)
  })

  test('does not end what an owner invited', async () => {
    const { id } = (await owner.rest('POST', '/invitations', { body: { role: 'owner' } })).body
    expect((await admin.rest('DELETE', `/invitations/${id}`)).status).toBe(403)
    expect((await owner.rest('DELETE', `/invitations/${id}`)).status).toBe(200)
  })

  test('is not had in another workspace, by its ids or by its name in a header', async () => {
    const stranger = await signUp(claw)
    const { id: elsewhere } = (await stranger.rest('POST', '/workspaces', { body: { name: 'Elsewhere' } })).body
    await owner.rest('DELETE', `/members/${stranger.personId}`)
    const invitation = (await owner.rest('POST', '/invitations', { body: { role: 'member' } })).body
    const before = await stored(claw, ['members', 'invitations', 'workspaces'])
    for (const headers of [
      {},
      { 'x-clawlink-workspace': String(elsewhere) },
      { 'x-clawlink-workspace': claw.app.workspaceId },
    ]) {
      const answers = [
        await stranger.rest('PATCH', `/members/${member.personId}`, { headers, body: { role: 'owner' } }),
        await stranger.rest('DELETE', `/members/${member.personId}`, { headers }),
        await stranger.rest('DELETE', `/invitations/${invitation.id}`, { headers }),
      ]
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
    }
    const headers = { 'x-clawlink-workspace': claw.app.workspaceId }
    expect((await stranger.rest('POST', '/invitations', { headers, body: { role: 'owner' } })).status).toBe(404)
    expect(await stored(claw, ['members', 'invitations', 'workspaces'])).toBe(before)
  })

  test('is not had with an agent’s key', async () => {
    for (const [method, path, body] of [
      ['POST', '/invitations', { role: 'owner' }],
      ['GET', '/members', undefined],
      ['DELETE', `/members/${member.personId}`, undefined],
      ['PATCH', '/workspace', { name: 'Mine' }],
    ] as const)
      expect((await claw.rest(method, path, { body })).status).toBe(403)
    for (const path of ['/me', '/me/sessions']) expect((await claw.rest('GET', path)).status).toBe(401)
  })
})
