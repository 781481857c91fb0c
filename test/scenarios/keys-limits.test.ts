/** How many calls a key may make, and when it was last used: held and known without a write per call. */
import { describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { secondProcess } from '../kit/second-process.ts'

const path = '/tools/sandbox_whoami/calls'
const codes = (answers: { body: Record<string, unknown> }[]) => answers.map(({ body }) => body.code ?? 'ok')
const times = (n: number) => Array.from({ length: n }, (_, i) => i)

/** Calls one after the other. */
async function callAll(claw: TestClawLink, key: string, n: number) {
  const answers = []
  for (const _ of times(n)) answers.push(await claw.rest('POST', path, { key, body: {} }))
  return answers
}

describe('a limit per minute', () => {
  test('lets so many calls through, then says when the next one may come', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 2 })
    claw.clock.move(15_000)
    const answers = await callAll(claw, key, 3)
    expect(codes(answers)).toEqual(['ok', 'ok', 'rate_limited'])
    expect(answers[2]).toMatchObject({ status: 429, body: { retryAfterMs: 45_000, retryable: true } })
    expect(answers[2]?.headers.get('retry-after')).toBe('45')
    claw.clock.move(45_000)
    expect(codes(await callAll(claw, key, 3))).toEqual(['ok', 'ok', 'rate_limited'])
  })

  test('is one for all that use the key at the same moment', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 5 })
    const answers = await Promise.all(times(20).map(() => claw.rest('POST', path, { key, body: {} })))
    expect(codes(answers).filter(code => code === 'ok')).toHaveLength(5)
    expect(claw.sandbox.requests).toHaveLength(5)
  })

  test('counts every call that the record has, failed and refused ones too', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 2 })
    const wrong = await claw.rest('POST', '/tools/sandbox_nothing/calls', { key, body: {} })
    expect(codes([wrong, ...(await callAll(claw, key, 3))])).toEqual([
      'tool_not_found',
      'ok',
      'rate_limited',
      'rate_limited',
    ])
    expect(await claw.rows('usage')).toHaveLength(4)
  })

  test('counts no preview', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 1 })
    for (const _ of times(3))
      expect((await claw.rest('POST', '/tools/sandbox_whoami/preview', { key, body: {} })).status).toBe(200)
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'rate_limited'])
  })

  test('concerns its own key alone', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 1 })
    const other = await claw.newKey({ callsPerMinute: 1 })
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'rate_limited'])
    expect(codes(await callAll(claw, other, 1))).toEqual(['ok'])
    expect(codes(await callAll(claw, claw.key, 3))).toEqual(['ok', 'ok', 'ok'])
  })

  test('holds over MCP too', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 1 })
    const call = () =>
      claw.mcp(
        'tools/call',
        { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_whoami', arguments: {} } },
        { authorization: `Bearer ${key}` },
      )
    await call()
    expect((await call()).body).toMatchObject({
      result: { isError: true, structuredContent: { error: { code: 'rate_limited', retryAfterMs: 60_000 } } },
    })
  })

  test('holds across processes, as far as each knows what the others did a second ago', async () => {
    await using claw = await startClawLink()
    await using second = await secondProcess(claw)
    const key = await claw.newKey({ callsPerMinute: 6 })
    const there = () => second.rest('POST', path, { key, body: {} })
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'ok'])
    // The second one sees the first two at once: it has not looked before.
    expect(codes([await there(), await there()])).toEqual(['ok', 'ok'])
    claw.clock.move(1000)
    expect(codes(await callAll(claw, key, 3))).toEqual(['ok', 'ok', 'rate_limited'])
    claw.clock.move(1000)
    expect(codes([await there()])).toEqual(['rate_limited'])
    expect(claw.sandbox.requests).toHaveLength(6)
  })

  test('is not forgotten when ClawLink starts anew', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 2 })
    await callAll(claw, key, 2)
    await using again = await secondProcess(claw)
    expect(codes([await again.rest('POST', path, { key, body: {} })])).toEqual(['rate_limited'])
  })

  test('counts a call that is still running, also after a look at the record', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 2 })
    claw.sandbox.script({ kind: 'hang' })
    const running = claw.rest('POST', path, { key, body: {} })
    await claw.sandbox.received(1)
    claw.clock.move(1000)
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'rate_limited'])
    claw.clock.move(claw.app.config.callTimeoutMs)
    await running
  })

  test('that is changed counts within a second', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 1 })
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'rate_limited'])
    const other = await claw.otherProcess()
    await other.write(tx => tx.updateTable('keys').set({ calls_per_minute: 5 }).execute())
    claw.clock.move(1000)
    expect(codes(await callAll(claw, key, 1))).toEqual(['ok'])
  })
})

describe('a limit per day', () => {
  test('starts anew at midnight (UTC), and says so', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerDay: 3 })
    const answers = await callAll(claw, key, 4)
    expect(codes(answers)).toEqual(['ok', 'ok', 'ok', 'quota_exceeded'])
    expect(answers[3]).toMatchObject({ status: 429, body: { retryAfterMs: 12 * 60 * 60_000 } })
    claw.clock.move(12 * 60 * 60_000)
    expect(codes(await callAll(claw, key, 4))).toEqual(['ok', 'ok', 'ok', 'quota_exceeded'])
  })

  test('counts each call once, however often the record is looked at, in every process', async () => {
    await using claw = await startClawLink()
    await using second = await secondProcess(claw)
    const key = await claw.newKey({ callsPerDay: 20 })
    for (const _ of times(9)) {
      expect(codes(await callAll(claw, key, 1))).toEqual(['ok'])
      expect(codes([await second.rest('POST', path, { key, body: {} })])).toEqual(['ok'])
      claw.clock.move(47_000)
    }
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'ok'])
    claw.clock.move(1000)
    expect(codes([await second.rest('POST', path, { key, body: {} })])).toEqual(['quota_exceeded'])
    expect(codes(await callAll(claw, key, 1))).toEqual(['quota_exceeded'])
  })

  test('counts what the key did that day before it had one', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey()
    const limit = (calls_per_minute: number | null, calls_per_day: number | null) => {
      claw.clock.move(60_000)
      return claw.app.db.write(tx => tx.updateTable('keys').set({ calls_per_minute, calls_per_day }).execute())
    }
    await callAll(claw, key, 2)
    await limit(60, null)
    await callAll(claw, key, 1)
    await limit(60, 4)
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'quota_exceeded'])
  })

  test('and one per minute hold together', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ callsPerMinute: 2, callsPerDay: 3 })
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'ok'])
    claw.clock.move(60_000)
    expect(codes(await callAll(claw, key, 2))).toEqual(['ok', 'quota_exceeded'])
  })
})

describe('the last use of a key', () => {
  const lastUse = async (claw: TestClawLink) => (await claw.rows('keys')).map(row => row.last_used_at)

  test('is written a minute after the first use, not with the call', async () => {
    await using claw = await startClawLink()
    const usedAt = claw.clock.now()
    await claw.call('sandbox_whoami')
    expect(await lastUse(claw)).toEqual([null])
    claw.clock.move(59_999)
    expect(await lastUse(claw)).toEqual([null])
    claw.clock.move(1)
    await claw.app.keyUse.flush()
    expect(await lastUse(claw)).toEqual([usedAt])
  })

  test('is written once a minute at most, however often the key is used', async () => {
    await using claw = await startClawLink()
    const seen: unknown[] = []
    for (const _ of times(180)) {
      await claw.rest('GET', '/whoami')
      claw.clock.move(1000)
      const [at] = await lastUse(claw)
      if (at !== null && seen.at(-1) !== at) seen.push(at)
    }
    expect(seen.length).toBeGreaterThanOrEqual(2)
    expect(seen.length).toBeLessThanOrEqual(3)
  })

  test('is not lost when ClawLink stops', async () => {
    await using claw = await startClawLink()
    const other = await claw.otherProcess()
    await claw.call('sandbox_whoami')
    await claw.stopServing()
    const [row] = await other.read.selectFrom('keys').select('last_used_at').execute()
    expect(row?.last_used_at).toBe(claw.clock.now())
  })

  test('never goes back, whichever process writes later', async () => {
    await using claw = await startClawLink()
    await using second = await secondProcess(claw)
    await second.rest('GET', '/whoami', { key: claw.key })
    claw.clock.move(30_000)
    await claw.rest('GET', '/whoami')
    const usedAt = claw.clock.now()
    await claw.app.keyUse.flush()
    claw.clock.move(30_000)
    await second[Symbol.asyncDispose]()
    expect(await lastUse(claw)).toEqual([usedAt])
  })

  test('of a key that is refused is none', async () => {
    await using claw = await startClawLink()
    const key = await claw.newKey({ expiresInMs: 1000 })
    claw.clock.move(1000)
    expect((await claw.rest('GET', '/whoami', { key })).status).toBe(401)
    await claw.app.keyUse.flush()
    expect(await lastUse(claw)).toEqual([null, null])
  })
})
