/** When calls to a failing account are answered without being sent, and how it comes back. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { ask, surfaces } from '../kit/scenario.ts'
import { secondProcess } from '../kit/second-process.ts'
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

test('a provider may have thresholds of its own', async () => {
  await using claw = await startClawLink()
  const provider = claw.app.catalog.providers.get('sandbox')
  if (!provider) throw new Error('no sandbox')
  const { connector } = provider
  Object.assign(provider, {
    connector: { ...connector, api: { ...connector.api, breaker: { failures: 2, openS: 5 } } },
  })
  claw.sandbox.script({ ...down, times: 2 })
  for (let i = 0; i < 2; i++) await claw.call('sandbox_send_message', letter)
  expect((await claw.call(read.tool)).body).toMatchObject({ code: 'circuit_open', retryAfterMs: 5000 })
  claw.clock.move(5000)
  expect(await calls(claw, 2)).toEqual(['succeeded', 'succeeded'])
})

test('connections to the same account share what is known of it', async () => {
  await using claw = await startClawLink({ connected: false })
  await claw.connect({ label: 'first', makeDefault: true })
  await claw.connect({ label: 'second' })
  await failed(claw)
  expect(await calls(claw, 1, 'second')).toEqual(['circuit_open'])
})

/** The rows that tell other processes, once there are so many of them. */
async function stored(claw: TestClawLink, count: number) {
  const rows = () => claw.app.db.read.selectFrom('breakers').selectAll().execute()
  await expect.poll(async () => (await rows()).length).toBe(count)
  return rows()
}

async function eventTypes(claw: TestClawLink): Promise<string[]> {
  const events = await claw.app.db.read.selectFrom('events').select('type').orderBy('id').execute()
  return events.map(({ type }) => type).filter(type => type.startsWith('breaker.'))
}

describe('who looks at ClawLink sees that calls are paused', () => {
  test('in health, on the connection over REST and over MCP, and among the events', async () => {
    await using claw = await startClawLink()
    const seen = async () => {
      const { body } = await claw.rest('GET', '/connections')
      const [item] = body.items as { id: string; breaker?: unknown }[] // as documented
      const one = await claw.rest('GET', `/connections/${item?.id}`)
      expect(one.body.breaker).toEqual(item?.breaker)
      const health = await claw.rest('GET', '/health')
      const told = await claw.mcp('tools/call', { name: 'clawlink_list_connections', arguments: {} })
      return { breaker: item?.breaker, count: health.body.openBreakers, told: JSON.stringify(told.body) }
    }
    expect(await seen()).toMatchObject({ breaker: undefined, count: 0, told: expect.not.stringContaining('breaker') })
    const until = new Date(claw.clock.now() + 30_000).toISOString()
    await failed(claw)
    expect(await seen()).toMatchObject({
      breaker: { state: 'open', until },
      count: 1,
      told: expect.stringContaining(until),
    })
    claw.clock.move(30_000)
    expect(await seen()).toMatchObject({ breaker: { state: 'half-open', until: null }, count: 1 })
    expect(await calls(claw, 1)).toEqual(['succeeded'])
    expect(await seen()).toMatchObject({ breaker: undefined, count: 0 })
    await stored(claw, 0)
    expect(await eventTypes(claw)).toEqual(['breaker.opened', 'breaker.closed'])
  })
})

describe('what is known of a failing provider', () => {
  test('is not forgotten when ClawLink starts anew', async () => {
    await using claw = await startClawLink()
    await failed(claw)
    await stored(claw, 1)
    await using again = await secondProcess(claw)
    const call = () => again.rest('POST', `/tools/${read.tool}/calls`, { key: claw.key, body: {} })
    expect((await call()).body).toMatchObject({ code: 'circuit_open', retryAfterMs: 30_000 })
    claw.clock.move(30_000)
    expect((await call()).body.outcome).toBe('succeeded')
    await stored(claw, 0)
  })

  test('does not wait for ever for a try of a process that died', async () => {
    await using claw = await startClawLink()
    await failed(claw)
    await stored(claw, 1)
    claw.clock.move(30_000)
    const died = { probe_owner: 'call_of_the_dead', probe_until: claw.clock.now() + 20_000 }
    await claw.app.db.write(tx => tx.updateTable('breakers').set(died).execute())
    expect((await claw.call(read.tool)).body).toMatchObject({ code: 'circuit_open', retryAfterMs: 20_000 })
    claw.clock.move(20_000)
    expect(await calls(claw, 1)).toEqual(['succeeded'])
  })

  // One SQLite folder has one process.
  test.runIf(process.env.CLAWLINK_TEST_DIALECT === 'postgres')(
    'is what every process knows within a second; one call of all tries, and a good one counts for all',
    async () => {
      await using claw = await startClawLink()
      await using second = await secondProcess(claw)
      const there = (path: string, body?: unknown) =>
        second.rest(body ? 'POST' : 'GET', path, { key: claw.key, ...(body !== undefined && { body }) })
      await failed(claw)
      await stored(claw, 1)
      claw.clock.move(1000)
      expect((await there('/health')).body.openBreakers).toBe(1)
      expect((await there(`/tools/${read.tool}/calls`, {})).body).toMatchObject({
        code: 'circuit_open',
        retryAfterMs: 29_000,
      })

      claw.clock.move(29_000)
      claw.sandbox.script(down)
      const send = [
        () => claw.call('sandbox_send_message', letter),
        () => there('/tools/sandbox_send_message/calls', { arguments: letter }),
      ]
      const answers = await Promise.all(Array.from({ length: 10 }, () => send.map(each => each())).flat())
      expect(Map.groupBy(answers, ({ body }) => body.code).get('circuit_open')).toHaveLength(19)
      expect(claw.sandbox.requests).toHaveLength(1)

      // It is closed for all of them at once, without waiting for a look.
      claw.clock.move(30_000)
      await expect.poll(async () => (await stored(claw, 1))[0]?.open_until).toBe(claw.clock.now())
      expect((await there(`/tools/${read.tool}/calls`, {})).body.outcome).toBe('succeeded')
      await stored(claw, 0)
      expect(await calls(claw, 2)).toEqual(['succeeded', 'succeeded'])
      expect(await eventTypes(claw)).toEqual(['breaker.opened', 'breaker.closed'])
    },
  )
})

test('while calls are paused an answer takes no longer than one that needs no provider', async () => {
  await using claw = await startClawLink()
  await failed(claw)
  const took = { paused: [] as number[], unknown: [] as number[] }
  const send = async (tool: string, times: number[]) => {
    const startedMs = performance.now()
    const { status } = await claw.http({
      method: 'POST',
      path: `/api/v1/tools/${tool}/calls`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${claw.key}` },
      body: '{}',
    })
    times.push(performance.now() - startedMs)
    return status
  }
  for (let i = 0; i < 200; i++) {
    expect(await send(read.tool, took.paused)).toBe(503)
    expect(await send('sandbox_nothing', took.unknown)).toBe(404)
  }
  // Whatever else the machine does slows both.
  const of = (times: number[], share: number) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0
  expect(of(took.paused, 0.9)).toBeLessThan(Math.max(5, 2 * of(took.unknown, 0.9)))
  expect(claw.sandbox.requests).toEqual([])
})
