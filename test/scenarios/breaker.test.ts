/** When calls to a failing account are answered without being sent, and how it comes back. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { ask, surfaces } from '../kit/scenario.ts'
import { account, letter, otherAccount, read } from './tools.ts'

const callTimeoutMs = 20_000
const config = { callTimeoutMs, answerBytesMax: 64 * 1024 }
const down: Fault = { kind: 'status', status: 500 }

/** Calls a read so often, one after the other, and gives the codes. */
async function calls(claw: TestClawLink, count: number, connection?: string): Promise<unknown[]> {
  const codes = []
  for (let i = 0; i < count; i++) {
    const { body } = await claw.call(read.tool, {}, connection === undefined ? {} : { connection })
    codes.push(body.code ?? body.outcome)
  }
  return codes
}

/** Opens the breaker of the default account by five failures of writes, which are sent once each, and forgets the requests. */
async function failed(claw: TestClawLink): Promise<void> {
  claw.sandbox.takeRequests()
  claw.sandbox.script({ ...down, times: 5 })
  for (let i = 0; i < 5; i++)
    expect((await claw.call('sandbox_send_message', letter)).body.code).toBe('outcome_unknown')
  expect(claw.sandbox.requests).toHaveLength(5)
  claw.sandbox.takeRequests()
}

describe('after five failures in a row', () => {
  test.each(surfaces)('calls are answered at once without being sent (%s)', async surface => {
    await using claw = await startClawLink()
    await failed(claw)
    for (const call of [read, { tool: 'sandbox_send_message', args: letter }]) {
      const { status, answer } = await ask(claw, surface, call)
      expect(answer).toMatchObject({
        outcome: 'failed',
        code: 'circuit_open',
        retryable: true,
        retryAfterMs: 30_000,
        fix: 'Wait for the stated time, then call again.',
      })
      expect(status).toBe(surface === 'rest' ? 503 : 200)
    }
    expect(claw.sandbox.requests).toEqual([])
    const rows = (await claw.rows('usage')).filter(({ code }) => code === 'circuit_open')
    expect(rows).toHaveLength(2)
    for (const row of rows)
      expect(row).toMatchObject({ outcome: 'failed', attempts: 0, provider_status: 0, request_bytes: 0 })
  })

  test('REST callers are told when to come back', async () => {
    await using claw = await startClawLink()
    await failed(claw)
    claw.clock.move(10_500)
    expect((await claw.call(read.tool)).headers.get('retry-after')).toBe('20')
  })

  test('other accounts of the same provider go on', async () => {
    await using claw = await startClawLink({ connected: false })
    await claw.connect({ label: 'first', secret: account.apiKey, makeDefault: true })
    await claw.connect({ label: 'second', secret: otherAccount.apiKey })
    await failed(claw)
    expect(await calls(claw, 2, 'second')).toEqual(['succeeded', 'succeeded'])
    expect(await calls(claw, 1, 'first')).toEqual(['circuit_open'])
  })

  test('nothing is tried for 30 seconds, then one call', async () => {
    await using claw = await startClawLink()
    await failed(claw)
    claw.clock.move(29_999)
    expect(await calls(claw, 1)).toEqual(['circuit_open'])
    claw.clock.move(1)
    expect(await calls(claw, 3)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  test('only one call at a time tries whether the provider is back', async () => {
    await using claw = await startClawLink({ config })
    await failed(claw)
    claw.clock.move(30_000)
    claw.sandbox.script({ kind: 'hang' })
    const probe = claw.call(read.tool)
    await claw.sandbox.received(1)
    expect(await calls(claw, 3)).toEqual(['circuit_open', 'circuit_open', 'circuit_open'])
    expect(claw.sandbox.requests).toHaveLength(1)
    claw.clock.move(callTimeoutMs)
    expect((await probe).body.code).toBe('timeout')
  })

  test('a try that fails closes the door for 30 seconds more', async () => {
    await using claw = await startClawLink()
    await failed(claw)
    claw.clock.move(30_000)
    claw.sandbox.script(down)
    expect(await calls(claw, 2)).toEqual(['provider_unavailable', 'circuit_open'])
    claw.clock.move(29_999)
    expect(await calls(claw, 1)).toEqual(['circuit_open'])
    claw.clock.move(1)
    expect(await calls(claw, 1)).toEqual(['succeeded'])
    expect(claw.sandbox.requests).toHaveLength(2)
  })

  test('a try that succeeds opens it for good: five more failures are needed to close it again', async () => {
    await using claw = await startClawLink()
    await failed(claw)
    claw.clock.move(30_000)
    expect(await calls(claw, 1)).toEqual(['succeeded'])
    claw.sandbox.script({ ...down, times: 'always' })
    // Three attempts, and two.
    expect(await calls(claw, 3)).toEqual(['provider_unavailable', 'provider_unavailable', 'circuit_open'])
    expect(claw.sandbox.requests).toHaveLength(6)
  })

  test('a try that the provider refuses shows that it is back', async () => {
    await using claw = await startClawLink()
    await failed(claw)
    claw.clock.move(30_000)
    claw.sandbox.script({ kind: 'status', status: 404 })
    expect(await calls(claw, 2)).toEqual(['not_found', 'succeeded'])
  })
})

test('four failures and a success are no reason to stop', async () => {
  await using claw = await startClawLink()
  for (let round = 0; round < 3; round++) {
    claw.sandbox.script({ ...down, times: 4 })
    // Three attempts, and two.
    expect(await calls(claw, 2)).toEqual(['provider_unavailable', 'succeeded'])
  }
})

describe('counts as a failure of the provider', () => {
  const failures: [what: string, fault: Fault, moveMs?: number][] = [
    ['a server error', { kind: 'status', status: 502 }],
    ['a timeout', { kind: 'hang' }, callTimeoutMs],
    ['a connection that breaks', { kind: 'reset' }],
    ['a web page', { kind: 'html' }],
    ['broken JSON', { kind: 'invalid_json' }],
  ]
  test.each(failures)('%s, of a read as of a write', async (_, fault, moveMs = 0) => {
    await using claw = await startClawLink({ config })
    claw.sandbox.script({ ...fault, times: 5 })
    for (let i = 0; i < 5; i++) {
      const calling = i % 2 ? claw.call('sandbox_send_message', letter) : claw.call(read.tool)
      await claw.sandbox.received(i + 1)
      if (moveMs) claw.clock.move(moveMs)
      await calling
    }
    expect(await calls(claw, 1)).toEqual(['circuit_open'])
    expect(claw.sandbox.requests).toHaveLength(5)
  })
})

describe('does not count as a failure of the provider', () => {
  const harmless: [what: string, fault: Fault][] = [
    ...[400, 401, 403, 404, 409, 422].map((status): [string, Fault] => [`a ${status}`, { kind: 'status', status }]),
    ['an error in the provider’s own words under 200', { kind: 'ok_error' }],
    ['an answer that is too large', { kind: 'huge', bytes: 100_000 }],
    ['a redirect to a private address', { kind: 'redirect', location: 'http://10.0.0.1/' }],
  ]
  test.each(harmless)('%s', async (_, fault) => {
    await using claw = await startClawLink({ config })
    // Not the account itself, which is looked at when a tool refuses the credential.
    claw.sandbox.script({ ...fault, times: 12, match: { path: '^/(?!me$)' } })
    expect(await calls(claw, 12)).not.toContain('circuit_open')
    expect(await calls(claw, 1)).toEqual(['succeeded'])
    expect(claw.sandbox.requests.filter(({ path }) => path !== '/me')).toHaveLength(13)
  })
})
