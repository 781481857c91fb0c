/** The second factor: authenticator apps and recovery codes. */
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { asBrowser, cookieOf, type Person, signInAgain, signUp } from '../kit/person.ts'

let claw: TestClawLink
beforeAll(async () => {
  claw = await startClawLink({ connected: false })
})
afterAll(() => claw.stop())

const stepMs = 30_000
const codeAt = (secret: string, ms = claw.clock.now()) =>
  new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({ timestamp: ms })

type Guarded = Person & { secret: string; recoveryCodes: string[] }

async function withTwoFactor(): Promise<Guarded> {
  const person = await signUp(claw)
  const { secret, uri } = (await person.rest('POST', '/me/totp', { body: { password: person.password } })).body
  expect(uri).toBe(
    `otpauth://totp/ClawLink:${encodeURIComponent(person.email)}?issuer=ClawLink&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
  )
  const confirmed = await person.rest('POST', '/me/totp/confirm', { body: { code: codeAt(String(secret)) } })
  claw.clock.move(stepMs)
  return { ...person, secret: String(secret), recoveryCodes: confirmed.body.recoveryCodes as string[] } // of the schema
}

async function challengeOf({ email, password }: Person): Promise<string> {
  const { body, headers } = await asBrowser(claw)('POST', '/sign-in', { body: { email, password } })
  expect(body).toMatchObject({ status: 'second_factor', challenge: expect.stringMatching(/^clc_[0-9a-f]{48}$/) })
  expect(headers.get('set-cookie')).toBeNull()
  return String(body.challenge)
}

const answer = (challenge: string, code: string) =>
  asBrowser(claw)('POST', '/sign-in/second-factor', { body: { challenge, code } })

test('a person with an authenticator app signs in with password and code', async () => {
  const person = await withTwoFactor()
  expect((await person.rest('GET', '/me')).body.person).toMatchObject({ twoFactor: true })
  const done = await answer(await challengeOf(person), codeAt(person.secret))
  expect(done.body).toEqual({ status: 'signed_in' })
  expect((await asBrowser(claw, cookieOf(done))('GET', '/me')).status).toBe(200)
})

test('it counts only once a code proves that the app has it', async () => {
  const person = await signUp(claw)
  const { secret } = (await person.rest('POST', '/me/totp', { body: { password: person.password } })).body
  const wrong = await person.rest('POST', '/me/totp/confirm', { body: { code: '000000' } })
  expect(wrong.body.code).toBe('validation_error')
  await signInAgain(claw, person)
  claw.clock.move(15 * 60_000)
  const late = await person.rest('POST', '/me/totp/confirm', { body: { code: codeAt(String(secret)) } })
  expect(late.body.code).toBe('conflict')
})

test('a code of the step before or after is taken, and none further away', async () => {
  const person = await withTwoFactor()
  claw.clock.move(10 * stepMs)
  const now = claw.clock.now()
  const taken: number[] = []
  for (const steps of [-2, -1, 0, 1, 2]) {
    const { status } = await answer(await challengeOf(person), codeAt(person.secret, now + steps * stepMs))
    if (status === 200) taken.push(steps)
  }
  expect(taken).toEqual([-1, 0, 1])
})

test('a code is taken once, also when it is sent many times at once', async () => {
  const person = await withTwoFactor()
  const code = codeAt(person.secret)
  const challenges = [await challengeOf(person), await challengeOf(person), await challengeOf(person)]
  const answers = await Promise.all(challenges.map(challenge => answer(challenge, code)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  expect((await answer(await challengeOf(person), code)).status).toBe(401)
})

test('the code that turned it on does not sign in', async () => {
  const person = await withTwoFactor()
  const used = codeAt(person.secret, claw.clock.now() - stepMs)
  expect((await answer(await challengeOf(person), used)).status).toBe(401)
})

test('a recovery code stands in for the app, once, however it is typed', async () => {
  const person = await withTwoFactor()
  expect(person.recoveryCodes).toHaveLength(10)
  expect(new Set(person.recoveryCodes).size).toBe(10)
  const [first = '', second = ''] = person.recoveryCodes
  const other = await withTwoFactor()
  const both = [await challengeOf(person), await challengeOf(person)]
  const answers = await Promise.all(both.map(challenge => answer(challenge, first)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
  const typed = second.toUpperCase().replaceAll('-', ' ')
  expect((await answer(await challengeOf(person), typed)).status).toBe(200)
  expect((await answer(await challengeOf(person), second)).status).toBe(401)
  expect((await answer(await challengeOf(other), other.recoveryCodes[0] ?? '')).status).toBe(200)
})

test('a challenge lasts five minutes and is used once', async () => {
  const person = await withTwoFactor()
  const [used, late] = [await challengeOf(person), await challengeOf(person)]
  expect((await answer(used, codeAt(person.secret))).status).toBe(200)
  claw.clock.move(stepMs)
  expect((await answer(used, codeAt(person.secret))).status).toBe(401)
  claw.clock.move(5 * 60_000 - stepMs)
  expect((await answer(late, codeAt(person.secret))).status).toBe(401)
})

test('turning it on or off ends the other sessions, and takes the password; nothing of it is left', async () => {
  const other = await withTwoFactor()
  const person = await signUp(claw)
  const before = await signInAgain(claw, person)
  const { secret } = (await person.rest('POST', '/me/totp', { body: { password: person.password } })).body
  await person.rest('POST', '/me/totp/confirm', { body: { code: codeAt(String(secret)) } })
  expect((await before.rest('GET', '/me')).status).toBe(401)
  claw.clock.move(stepMs)
  const after = asBrowser(claw, cookieOf(await answer(await challengeOf(person), codeAt(String(secret)))))
  expect((await after('GET', '/me')).status).toBe(200)
  for (const path of ['/me/totp', '/me/totp/remove'])
    expect((await person.rest('POST', path, { body: { password: 'not the password' } })).body.code).toBe('forbidden')
  const removed = await person.rest('POST', '/me/totp/remove', { body: { password: person.password } })
  expect(removed.body).toEqual({ twoFactor: false })
  expect((await after('GET', '/me')).status).toBe(401)
  await signInAgain(claw, person)
  const { read } = claw.app.db
  const of = async (id: string) => [
    await read.selectFrom('people').select(['two_factor', 'recovery_hashes']).where('id', '=', id).execute(),
    (await read.selectFrom('seals').select('id').where('id', 'like', `${id}%`).execute()).length,
  ]
  expect(await of(person.personId)).toEqual([[{ two_factor: 0, recovery_hashes: '[]' }], 0])
  expect(await of(other.personId)).toEqual([[{ two_factor: 1, recovery_hashes: expect.stringMatching(/\w/) }], 1])
  const { items } = (await person.rest('GET', '/audit?action=two_factor.off')).body
  expect(items).toMatchObject([{ actor: { id: person.personId } }])
})
