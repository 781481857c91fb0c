/** Pairing is open to everybody, so everything about it is limited: starts, polls, and guesses at codes. */
import { describe, expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import type { PairingRow } from '../../src/db/schema.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { challengeOf, startDevice } from '../kit/device.ts'
import { signIn } from '../kit/member.ts'
import { type SecondProcess, secondProcess } from '../kit/second-process.ts'

const minuteMs = 60_000
const start = (server: Pick<TestClawLink, 'rest'> | SecondProcess) =>
  server.rest('POST', '/pairings', { body: { label: 'x', challenge: challengeOf('v') } })
const pending = async ({ app }: TestClawLink) =>
  (await app.db.read.selectFrom('pairings').select('id').execute()).length

/** Rows as that many starts from these addresses leave. */
async function fill({ app, clock }: TestClawLink, addresses: readonly string[]): Promise<void> {
  const now = clock.now()
  const letters = 'BCDFGHJKLMNPQRSTVWXZ'
  const rows = addresses.map((address, i): PairingRow => {
    const code = [0, 1, 2, 3].map(place => letters[Math.floor(i / 20 ** place) % 20]).join('')
    return {
      id: newId('pair', now),
      user_code: `BBBB-${code}`,
      challenge: '',
      label: 'x',
      host: '',
      address,
      environment: 'live',
      asked_scope: '{}',
      state: 'awaiting_browser',
      workspace_id: '',
      granted: '',
      decided_by: '',
      key_id: '',
      polled_at: 0,
      created_at: now - 2 * minuteMs,
      expires_at: now + 13 * minuteMs,
    }
  })
  await app.db.write(async tx => {
    for (const row of rows) await tx.insertInto('pairings').values(row).execute()
  })
}

describe('starts', () => {
  test('of one address are five a minute', async () => {
    await using claw = await startClawLink({ connected: false })
    for (let i = 0; i < 5; i++) expect((await start(claw)).status).toBe(201)
    claw.clock.move(20_000)
    const refused = await start(claw)
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryAfterMs: 40_000 } })
    expect(refused.headers.get('retry-after')).toBe('40')
    claw.clock.move(40_000)
    expect((await start(claw)).status).toBe(201)
  })

  test('that come at once, in two processes, get no more', async () => {
    await using claw = await startClawLink({ connected: false })
    await using second = await secondProcess(claw)
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => start(i % 2 ? claw : second)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(25)
    expect(await pending(claw)).toBe(5)
  })

  test('leave at most 30 of one address waiting', async () => {
    await using claw = await startClawLink({ connected: false })
    await fill(claw, Array(30).fill('127.0.0.1'))
    const refused = await start(claw)
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryAfterMs: 13 * minuteMs } })
    claw.clock.move(13 * minuteMs)
    expect((await start(claw)).status).toBe(201)
  })

  test('leave at most 1000 of all addresses waiting', async () => {
    await using claw = await startClawLink({ connected: false })
    await fill(
      claw,
      Array.from({ length: 1000 }, (_, i) => `10.1.${Math.floor(i / 250)}.${i % 250}`),
    )
    expect(await start(claw)).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    claw.clock.move(13 * minuteMs)
    expect((await start(claw)).status).toBe(201)
  })

  test('of other addresses do not count, and decided ones do not wait', async () => {
    await using claw = await startClawLink({ connected: false })
    await fill(
      claw,
      Array.from({ length: 200 }, (_, i) => `10.1.1.${i}`),
    )
    expect((await start(claw)).status).toBe(201)
  })

  test('leave nothing behind an hour after their time', async () => {
    await using claw = await startClawLink({ connected: false })
    await start(claw)
    claw.clock.move(75 * minuteMs)
    await start(claw)
    expect(await pending(claw)).toBe(1)
  })
})

describe('polls', () => {
  test('are two seconds apart, else refused with the time to wait', async () => {
    await using claw = await startClawLink({ connected: false })
    const device = await startDevice(claw)
    await device.poll()
    const poll = () =>
      claw.rest('POST', `/pairings/${device.id}/poll`, { key: null, body: { verifier: device.verifier } })
    claw.clock.move(500)
    expect(await poll()).toMatchObject({ status: 429, body: { code: 'rate_limited', retryAfterMs: 1500 } })
    claw.clock.move(1500)
    expect((await poll()).body).toEqual({ status: 'awaiting_browser' })
  })

  test('of somebody without the verifier slow nobody down', async () => {
    await using claw = await startClawLink({ connected: false })
    const device = await startDevice(claw)
    for (let i = 0; i < 20; i++)
      await claw.rest('POST', `/pairings/${device.id}/poll`, { key: null, body: { verifier: 'guess' } })
    expect((await device.poll()).status).toBe(200)
  })
})

describe('codes', () => {
  const find = (member: Awaited<ReturnType<typeof signIn>>, code: string) =>
    member.rest('GET', `/pairings?code=${encodeURIComponent(code)}`)

  test('are found however they are typed', async () => {
    await using claw = await startClawLink({ connected: false })
    const ada = await signIn(claw, { name: 'Ada' })
    const { userCode } = await startDevice(claw)
    for (const typed of [
      userCode,
      userCode.toLowerCase(),
      userCode.replace('-', ''),
      ` ${userCode.replace('-', ' ')}. `,
    ])
      expect((await find(ada, typed)).body.userCode).toBe(userCode)
  })

  test('can be tried wrongly ten times in ten minutes by one person; then not even the right one is found', async () => {
    await using claw = await startClawLink({ connected: false })
    const [ada, bob] = [await signIn(claw, { name: 'Ada' }), await signIn(claw, { name: 'Bob' })]
    const { userCode } = await startDevice(claw)
    // At once they are no more than one after the other.
    const guesses = Array.from({ length: 30 }, (_, i) => find(ada, i % 2 ? 'BBBB-BBBB' : 'nonsense'))
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter(status => status !== 429)).toEqual(Array(10).fill(404))
    for (const code of [userCode, 'BBBB-BBBB'])
      expect(await find(ada, code)).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect((await find(bob, userCode)).status).toBe(200)
    claw.clock.move(10 * minuteMs)
    expect((await find(ada, userCode)).status).toBe(200)
  })

  test('that are right cost nothing', async () => {
    await using claw = await startClawLink({ connected: false })
    const ada = await signIn(claw, { name: 'Ada' })
    const { userCode } = await startDevice(claw)
    for (let i = 0; i < 20; i++) expect((await find(ada, userCode)).status).toBe(200)
  })

  test('are for members alone: nobody else can ask for one, see one, or decide', async () => {
    await using claw = await startClawLink({ connected: false })
    const { id, userCode } = await startDevice(claw)
    for (const key of [null, claw.key])
      for (const [method, path] of [
        ['GET', `/pairings?code=${userCode}`],
        ['GET', `/pairings/${id}`],
        ['POST', `/pairings/${id}/approve`],
        ['POST', `/pairings/${id}/deny`],
      ] as const)
        expect((await claw.rest(method, path, { key, body: method === 'POST' ? {} : undefined })).status).toBe(
          key === null ? 401 : 403,
        )
  })
})
