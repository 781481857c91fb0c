/** How a provider's rate limit holds calls back, and which ones. */
import { describe, expect, test } from 'vitest'
import { buildCatalog } from '../../src/catalog/catalog.ts'
import { connectors } from '../../src/connectors/index.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { movableClock } from '../kit/movable-clock.ts'
import { ask, surfaces } from '../kit/scenario.ts'
import { account, letter, otherAccount, read } from './tools.ts'

const startMs = movableClock().now()
const inMs = (ms: number) => new Date(startMs + ms).toUTCString()
const hourMs = 60 * 60 * 1000
const unstatedMs = 5_000

type RateLimit = { retryAfter?: number | string; resetEpochS?: number }

/** Too short for any of the waits below, so that they are for the caller. */
const config = { callTimeoutMs: 3_000, roles: ['web' as const] }

/** What the provider says, what the caller is told, and for how long nothing is sent. */
const waits: [said: string, limit: RateLimit, toldMs: number | undefined, heldMs: number][] = [
  ['seconds', { retryAfter: 7 }, 7_000, 7_000],
  ['no seconds', { retryAfter: 0 }, 0, 0],
  ['a date', { retryAfter: inMs(90_000) }, 90_000, 90_000],
  ['a date in the old style', { retryAfter: 'Thursday, 15-Jan-26 12:01:30 GMT' }, 90_000, 90_000],
  ['a date in the style of asctime', { retryAfter: 'Thu Jan 15 12:01:30 2026' }, 90_000, 90_000],
  ['a date that has passed', { retryAfter: inMs(-90_000) }, 0, 0],
  ['an absurd number of seconds', { retryAfter: '99999999999999999999' }, 24 * hourMs, 24 * hourMs],
  ['a date in a hundred years', { retryAfter: 'Fri, 15 Jan 2126 12:00:00 GMT' }, 24 * hourMs, 24 * hourMs],
  ['nothing', {}, undefined, unstatedMs],
  ['a word', { retryAfter: 'soon' }, undefined, unstatedMs],
  ['a word and a number', { retryAfter: 'in 7' }, undefined, unstatedMs],
  ['a negative number', { retryAfter: '-7' }, undefined, unstatedMs],
  ['a fraction', { retryAfter: '1.5' }, undefined, unstatedMs],
  ['a reset time', { resetEpochS: startMs / 1000 + 40 }, 40_000, 40_000],
  ['a reset time that has passed', { resetEpochS: startMs / 1000 - 40 }, 0, 0],
  ['both, of which Retry-After counts', { retryAfter: 3, resetEpochS: startMs / 1000 + 40 }, 3_000, 3_000],
  ['nonsense and a reset time', { retryAfter: 'soon', resetEpochS: startMs / 1000 + 40 }, 40_000, 40_000],
]

describe.each(surfaces)('over %s', surface => {
  describe('a 429 that says', () => {
    test.each(waits)('%s holds the tool back for exactly that long', async (_, limit, toldMs, heldMs) => {
      await using claw = await startClawLink({ config })
      // Without a wait it is tried again at once.
      const tries = heldMs > 0 ? 1 : 3
      claw.sandbox.script({ kind: 'rate_limit', ...limit, times: tries })
      const refused = (await ask(claw, surface, read)).answer
      expect(refused).toMatchObject({ outcome: 'failed', code: 'rate_limited', retryable: true, providerStatus: 429 })
      expect(refused.retryAfterMs).toBe(toldMs)

      if (heldMs > 0) {
        expect((await ask(claw, surface, read)).answer).toMatchObject({ outcome: 'parked', retryAfterMs: heldMs })
        claw.clock.move(heldMs - 1)
        expect((await ask(claw, surface, read)).answer).toMatchObject({ outcome: 'parked', retryAfterMs: 1 })
        claw.clock.move(1)
      }
      expect(claw.sandbox.requests).toHaveLength(tries)
      expect((await ask(claw, surface, read)).answer.outcome).toBe('succeeded')
      expect(claw.sandbox.requests).toHaveLength(tries + 1)
    })
  })
})

describe('a rate limit', () => {
  const limited = async (claw: TestClawLink, tool: string, args = {}, connection?: string) =>
    ['rate_limited', 'queued'].includes(
      String((await claw.call(tool, args, connection === undefined ? {} : { connection })).body.code),
    )

  test('holds back one tool of one account and nothing else', async () => {
    await using claw = await startClawLink({ connected: false })
    await claw.connect({ label: 'first', secret: account.apiKey })
    await claw.connect({ label: 'second', secret: otherAccount.apiKey })
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 60, match: { path: '/mail/folders' } })
    expect(await limited(claw, 'sandbox_list_folders', {}, 'first')).toBe(true)
    expect(await limited(claw, 'sandbox_list_folders', {}, 'first')).toBe(true)
    expect(await limited(claw, 'sandbox_list_folders', {}, 'second')).toBe(false)
    expect(await limited(claw, 'sandbox_search_messages', {}, 'first')).toBe(false)
    expect(await limited(claw, 'sandbox_list_folders', {}, 'first')).toBe(true)
  })

  test('tells REST callers in whole seconds when to come back', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: inMs(90_000) })
    expect((await claw.call('sandbox_list_folders')).headers.get('retry-after')).toBe('90')
    claw.clock.move(500)
    const held = await claw.call('sandbox_list_folders')
    expect(held.status).toBe(202)
    expect(held.headers.get('retry-after')).toBe('90')
    expect(held.body).toMatchObject({ retryAfterMs: 89_500, queue: { position: 1 } })
  })

  test('holds back a write too, which then certainly did not happen', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 60 })
    const answers = [await claw.call('sandbox_send_message', letter), await claw.call('sandbox_send_message', letter)]
    expect(answers.map(({ body }) => [body.outcome, body.code])).toEqual([
      ['failed', 'rate_limited'],
      ['parked', 'queued'],
    ])
    expect(claw.sandbox.requests).toHaveLength(1)
    expect(await claw.rows('usage')).toMatchObject([{ attempts: 1 }])
  })

  test('sends nothing for a key that is revoked while its call waits for its turn', async () => {
    await using claw = await startClawLink({ config: { ...config, paceWaitMs: 10_000 } })
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 7 })
    expect(await limited(claw, 'sandbox_list_folders')).toBe(true)
    const answering = claw.call('sandbox_list_folders')
    await expect.poll(claw.app.pacer.waiting).toBe(1)
    await claw.app.db.write(tx => tx.updateTable('keys').set({ revoked_at: claw.clock.now() }).execute())
    claw.clock.move(7_000)
    expect((await answering).body).toMatchObject({ outcome: 'failed', code: 'unauthorized' })
    expect(claw.sandbox.requests).toHaveLength(1)
  })

  test('of a real provider is kept by what its answers say of it, and never run into', async () => {
    await using claw = await startClawLink({ sandbox: { rateLimit: { requests: 3, perMs: 60_000 } } })
    // Connecting took one of the three.
    const codes = []
    for (let i = 0; i < 6; i++) codes.push((await claw.call('sandbox_list_folders')).body.code ?? 'ok')
    expect(codes).toEqual(['ok', 'ok', 'queued', 'queued', 'queued', 'queued'])
    expect(claw.sandbox.requests.map(({ status }) => status)).toEqual([200, 200])
    // Then they go on, three in each minute.
    for (const done of [5, 6]) {
      claw.clock.move(60_000)
      await expect.poll(() => claw.sandbox.requests.length).toBeGreaterThanOrEqual(done)
    }
    expect(claw.sandbox.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  })

  test('counts the requests that a provider’s redirects take as well', async () => {
    await using claw = await startClawLink({ config: { roles: ['web'] } })
    const { api } = connectors.sandbox
    const sandbox = { ...connectors.sandbox, api: { ...api, limits: [{ requests: 6, windowS: 60 }] } }
    claw.app.catalog = buildCatalog({ ...connectors, sandbox }, claw.app.config.baseUrls)
    const match = { path: '/projects' }
    claw.sandbox.script({ kind: 'redirect', status: 302, location: '/mail/folders', times: 'always', match })
    const redirected = []
    for (let i = 0; i < 4; i++) redirected.push(await limited(claw, 'sandbox_list_projects'))
    expect(redirected).toEqual([false, false, false, true])
    expect(claw.sandbox.requests).toHaveLength(6)
  })

  test('is no sign of a provider that is down, however often it comes', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ kind: 'rate_limit', retryAfter: 0, times: 12 })
    for (let i = 0; i < 4; i++) expect(await limited(claw, 'sandbox_list_folders')).toBe(true)
    expect(await limited(claw, 'sandbox_list_folders')).toBe(false)
    expect(claw.sandbox.requests).toHaveLength(13)
  })
})

test('a provider that is down may say when it is back, and the caller is told', async () => {
  await using claw = await startClawLink()
  claw.sandbox.script({ kind: 'status', status: 503, headers: { 'retry-after': '60' } })
  const { headers, body } = await claw.call('sandbox_list_folders')
  expect(body).toMatchObject({ code: 'provider_unavailable', retryAfterMs: 60_000 })
  expect(headers.get('retry-after')).toBe('60')
})
