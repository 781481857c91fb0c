/** What the worker does about credentials by itself, what a check finds out, and what members are told of it. */
import { describe, expect, test } from 'vitest'
import { checkConnection } from '../../src/connections/check-connection.ts'
import { renewDueJob } from '../../src/connections/renew-due.ts'
import type { JobRow } from '../../src/db/schema.ts'
import { signIn } from '../kit/member.ts'
import { type PracticeClaw, startPractice } from '../kit/practice-claw.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const key = { way: 'api_key', parts: { secret: 'good-key' }, renewable: false }

/** One run, as the worker would make it. */
const run = ({ app }: PracticeClaw) => renewDueJob(app).run({} as JobRow) // it looks at nothing of its row
const stateOf = async (claw: PracticeClaw, id: string) => (await claw.stored(id)).connection.state

describe('the worker', () => {
  test('renews what comes due before a call has to wait, each once, and asks for nothing else', async () => {
    await using claw = await startPractice({ provider: { lifetimeS: 7200 } })
    for (let i = 0; i < 20; i++) await claw.connectPractice({ label: `due ${i}`, endsInMs: 2 * hour })
    claw.clock.move(hour)
    await claw.connectPractice({ label: 'later', endsInMs: 2 * hour })
    await run(claw)
    expect(claw.provider.asked).toEqual([])
    claw.clock.move(hour - 6 * minute)
    expect(await run(claw)).toEqual({ againAt: claw.clock.now() + 30_000 })
    expect(claw.provider.asked).toHaveLength(20)
    await run(claw)
    expect(new Set(claw.provider.asked).size).toBe(20)
    expect(claw.provider.asked).toHaveLength(20)
  })

  test('renews by itself while it lives', async () => {
    await using claw = await startPractice({ config: { roles: ['web', 'worker'] } })
    const { id } = await claw.connectPractice()
    claw.clock.move(hour - 5 * minute)
    await expect.poll(async () => (await claw.stored(id)).credential.version).toBe(2)
    expect(claw.provider.asked).toHaveLength(1)
  })

  test('leaves alone what failed a moment ago and what needs a person', async () => {
    await using claw = await startPractice()
    await claw.connectPractice({ label: 'failing', endsInMs: 0 })
    claw.provider.play({ kind: 'refuse', status: 503, retryAfter: 60 })
    await run(claw)
    await claw.connectPractice({ label: 'ended', endsInMs: 0 })
    claw.provider.play({ kind: 'refuse', status: 400, error: 'invalid_grant' })
    await run(claw)
    await run(claw)
    expect(claw.provider.asked).toHaveLength(2)
    claw.clock.move(minute)
    await run(claw)
    expect(claw.provider.asked).toHaveLength(3)
  })

  test('says a week ahead that a credential ends which it cannot renew, and then that it has', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ ...key, endsInMs: 8 * day })
    await run(claw)
    expect(await stateOf(claw, id)).toBe('healthy')
    claw.clock.move(day)
    await run(claw)
    expect(await stateOf(claw, id)).toBe('expiring')
    expect((await claw.look()).status).toBe(200)
    claw.clock.move(7 * day)
    await run(claw)
    await run(claw)
    expect(await stateOf(claw, id)).toBe('needs_reauth')
    const ada = await signIn(claw, { name: 'Ada' })
    const { body } = await ada.rest('GET', '/events')
    const types = Object(body).items.map(({ type }: { type: string }) => type)
    expect(types).toEqual(['connection.needs_reauth', 'connection.expiring', 'connection.connected'])
  })
})

describe('a check', () => {
  test('asks for a person when the account itself is refused, and repairs that when it is not any more', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ ...key, parts: { secret: 'bad-key' }, endsInMs: null })
    expect(await checkConnection(claw.app, { id })).toMatchObject({ state: 'needs_reauth' })
    await claw.connectPractice({ ...key, endsInMs: null, more: { connectionId: id } })
    await claw.app.db.write(tx => tx.updateTable('connections').set({ state: 'needs_reauth' }).execute())
    expect(await checkConnection(claw.app, { id })).toMatchObject({ state: 'healthy', state_reason: '' })
  })

  test.each([
    ['a 403 by which this provider refuses a token', 'dead-key', 'needs_reauth'],
    ['a 403 that says nothing of the token', 'weak-key', 'healthy'],
  ])('tells %s apart', async (_, secret, state) => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ ...key, parts: { secret }, endsInMs: null })
    expect(await checkConnection(claw.app, { id })).toMatchObject({ state })
    const code = state === 'healthy' ? 'permission_denied' : 'authentication_failed'
    expect((await claw.look()).body).toMatchObject({ code })
  })

  test('renews what can be renewed before it asks for a person', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice()
    claw.clock.move(10 * minute)
    claw.provider.revokeAccess()
    expect(await checkConnection(claw.app, { id })).toMatchObject({ state: 'healthy' })
    expect(claw.provider.asked).toHaveLength(1)
  })

  test('tries again what was given up, as when the secret of an OAuth app has been put right', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ endsInMs: 0 })
    claw.provider.play({ kind: 'refuse', status: 401, error: 'invalid_client' })
    expect((await claw.look()).body).toMatchObject({ code: 'authentication_failed' })
    expect(await stateOf(claw, id)).toBe('needs_reauth')
    expect(await checkConnection(claw.app, { id })).toMatchObject({ state: 'healthy' })
    expect((await claw.look()).status).toBe(200)
    expect(claw.provider.asked).toHaveLength(2)
  })

  test('changes nothing when the provider cannot be asked', async () => {
    await using claw = await startPractice()
    const { id } = await claw.connectPractice({ ...key, endsInMs: null })
    await claw.provider[Symbol.asyncDispose]()
    expect(await checkConnection(claw.app, { id })).toMatchObject({ state: 'healthy' })
  })

  test('asks for a person when the credential opens another account by now', async () => {
    await using claw = await startPractice()
    const account = { id: 'acct_2', label: 'bob@example.com' }
    const { id } = await claw.connectPractice({ ...key, endsInMs: null, more: { account } })
    const checked = await checkConnection(claw.app, { id })
    expect(checked).toMatchObject({ state: 'needs_reauth', state_reason: expect.stringContaining('ada@example.com') })
  })
})

describe('the events', () => {
  test('are told to members in pages, newest first, by type, and to no agent', async () => {
    await using claw = await startPractice()
    for (let i = 0; i < 5; i++) await claw.connectPractice({ label: `practice ${i}` })
    const ada = await signIn(claw, { name: 'Ada' })
    const page = async (query: string) => Object((await ada.rest('GET', `/events?${query}`)).body)
    const first = await page('limit=2')
    const second = await page(`limit=2&next=${first.next}`)
    const third = await page(`limit=2&next=${second.next}`)
    const labels = [first, second, third].flatMap(({ items }) => items.map(({ facts }: { facts: object }) => facts))
    expect(labels).toMatchObject([4, 3, 2, 1, 0].map(i => ({ label: `practice ${i}` })))
    expect(third.next).toBe(null)
    expect((await page('type=connection.needs_reauth')).items).toEqual([])
    expect((await ada.rest('GET', '/events?type=nonsense')).status).toBe(400)
    expect((await claw.rest('GET', '/events')).status).toBe(403)
  })
})
