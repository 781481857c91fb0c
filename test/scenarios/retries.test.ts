/** What is tried again, when, and exactly what reaches the provider by that. */
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { stopTopic } from '../../src/core/look-until.ts'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { type StartOptions, startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { ask, play, type Scenario, sentOf, surfaces, usageOf } from '../kit/scenario.ts'
import { keyedWrite, letter, payment, read, repeatableWrite, write } from './tools.ts'

const kinds = { read, write, 'natural write': repeatableWrite, 'keyed write': keyedWrite }
const again = (sent: Scenario['sent'], times: number) => Array<typeof sent>(times).fill(sent).flat()
const ok = { status: 200, answer: { outcome: 'succeeded' } } as const

/** Faults after which the provider may have acted, and the status of a complete answer. */
const doubtful: [words: string, fault: Fault][] = [
  ['answers 500', { kind: 'status', status: 500 }],
  ['answers 500 after it acted', { kind: 'status', status: 500, applied: true }],
  ['answers 502', { kind: 'status', status: 502 }],
  ['answers 503 with a web page', { kind: 'html', status: 503 }],
  ['answers 504', { kind: 'status', status: 504 }],
  ['closes before it reads the body', { kind: 'close_before_read' }],
  ['acts and closes without an answer', { kind: 'close_after_read' }],
  ['closes in the middle of its answer', { kind: 'close_mid_body' }],
  ['resets the connection', { kind: 'reset' }],
]

describe.each(doubtful)('a provider that %s', (_, fault) => {
  const unread = fault.kind === 'close_before_read'
  // The log has a body only of the attempts that were read.
  const sentWhen = (sent: Scenario['sent']) =>
    unread ? sent.map(each => (typeof each === 'string' ? each : each[0])) : sent

  describe.each([1, 2])('%i times', times => {
    for (const name of ['read', 'natural write', 'keyed write'] as const) {
      const kind = kinds[name]
      play([
        {
          guarantee: `gets a ${name} ${times + 1} times, and then it has succeeded`,
          ...kind,
          faults: [{ ...fault, times }],
          attempts: times + 1,
          sent: [...again(sentWhen(kind.sent), times), ...kind.sent],
          providerStatus: name === 'keyed write' ? 201 : 200,
          ...ok,
          afterwards({ sandbox }, { callId }) {
            if (name !== 'keyed write') return
            for (const { headers } of sandbox.requests) expect(headers['idempotency-key']).toBe(callId)
            expect(sandbox.store.payments.filter(({ amount }) => amount === payment.amount)).toHaveLength(1)
          },
        },
      ])
    }
  })

  play([
    {
      guarantee: 'gets a plain write once, and its outcome is unknown',
      ...write,
      faults: [{ ...fault, times: 3 }],
      unread,
      status: 502,
      answer: { outcome: 'unknown', code: 'outcome_unknown' },
      providerStatus: 'status' in fault ? (fault.status ?? 0) : 0,
    },
  ])
})

describe('a provider whose rate limit is used up', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    play([
      {
        guarantee: `gets a ${name} again: it did not act`,
        ...kind,
        faults: [{ kind: 'rate_limit', retryAfter: 0, times: 2 }],
        attempts: 3,
        sent: again(kind.sent, 3),
        providerStatus: name === 'write' || name === 'keyed write' ? 201 : 200,
        ...ok,
        afterwards({ sandbox }) {
          const letters = sandbox.store.messages.filter(({ subject }) => subject === letter.subject)
          expect(letters).toHaveLength(name === 'write' ? 1 : 0)
        },
      },
    ])
  }
})

describe('what is refused for good reaches the provider once', () => {
  const lasting: [words: string, fault: Fault][] = [
    ...[400, 401, 403, 404, 408, 409, 410, 413, 422, 423].map((status): [string, Fault] => [
      `${status}`,
      { kind: 'status', status },
    ]),
    ['an error under 200', { kind: 'ok_error' }],
    ['a web page', { kind: 'html' }],
    ['broken JSON', { kind: 'invalid_json' }],
    ['a redirect to a private address', { kind: 'redirect', location: 'http://10.0.0.1/' }],
    ['an answer that is too large', { kind: 'huge', bytes: 100_000 }],
  ]
  test.each(lasting)('%s', async (_, fault) => {
    await using claw = await startClawLink({ config: { answerBytesMax: 64 * 1024 } })
    for (const kind of Object.values(kinds)) {
      claw.sandbox.takeRequests()
      // Not the account itself, which is looked at when a tool refuses the credential.
      claw.sandbox.script({ ...fault, match: { path: '^/(?!me$)' } })
      expect((await claw.call(kind.tool, kind.args)).body.outcome).not.toBe('succeeded')
      const requests = claw.sandbox.requests.filter(({ path }) => path !== '/me')
      expect(requests.map(sentOf)).toEqual(kind.sent)
    }
  })
})

describe('a doubt that an earlier attempt left', () => {
  const gone: Fault[] = [
    { kind: 'close_after_read', match: { path: '^/(?!me$)' } },
    { kind: 'status', status: 404, match: { path: '^/(?!me$)' } },
  ]
  play([
    {
      guarantee: 'stays when the next one of a keyed write is refused',
      ...keyedWrite,
      faults: gone,
      attempts: 2,
      sent: again(keyedWrite.sent, 2),
      status: 502,
      answer: { outcome: 'unknown', code: 'outcome_unknown' },
      providerStatus: 404,
    },
    {
      guarantee: 'is told when the next one of a write that may be repeated is refused',
      ...repeatableWrite,
      faults: gone,
      attempts: 2,
      sent: again(repeatableWrite.sent, 2),
      status: 404,
      answer: { outcome: 'failed', code: 'not_found', fix: expect.stringContaining('It may have happened') },
    },
    {
      guarantee: 'does not exist for a read',
      ...read,
      faults: gone,
      attempts: 2,
      sent: again(read.sent, 2),
      status: 404,
      answer: { outcome: 'failed', code: 'not_found', fix: expect.not.stringContaining('It may have happened') },
    },
    {
      guarantee: 'comes with a write that is lost after it was refused for the rate limit',
      ...write,
      faults: [{ kind: 'rate_limit', retryAfter: 0 }, { kind: 'close_after_read' }],
      attempts: 2,
      sent: again(write.sent, 2),
      status: 502,
      answer: { outcome: 'unknown', code: 'outcome_unknown' },
    },
  ])
})

/** A ClawLink whose provider answers with these faults first. */
async function waiting(faults: Fault[], options: StartOptions = {}): Promise<TestClawLink> {
  const claw = await startClawLink(options)
  claw.sandbox.script(...faults)
  return claw
}

async function revokeAll({ app, clock }: TestClawLink): Promise<void> {
  await app.db.write(tx => tx.updateTable('keys').set({ revoked_at: clock.now() }).execute())
}

/** Until the call waits on the clock for its next attempt: then it listens for a stop of the server. */
async function atPause(claw: TestClawLink, requests: number): Promise<void> {
  await claw.sandbox.received(requests)
  await expect.poll(() => claw.app.wakes.listenerCount(stopTopic)).toBeGreaterThan(0)
}

describe.each(surfaces)('a wait between attempts (%s)', surface => {
  test('is as long as the provider asks for, to the millisecond', async () => {
    await using claw = await waiting([{ kind: 'rate_limit', retryAfter: 7 }])
    const answering = ask(claw, surface, read)
    await atPause(claw, 1)
    claw.clock.move(6_999)
    expect(claw.sandbox.requests).toHaveLength(1)
    claw.clock.move(1)
    expect((await answering).answer.outcome).toBe('succeeded')
    expect(claw.sandbox.requests).toHaveLength(2)
    expect(await usageOf(claw)).toMatchObject([{ outcome: 'succeeded', attempts: 2, duration_ms: 7_000 }])
  })

  test.each<[string, Fault, ms: number]>([
    ['a date', { kind: 'rate_limit', retryAfter: new Date(Date.UTC(2026, 0, 15, 12, 0, 9)).toUTCString() }, 9_000],
    ['a reset header', { kind: 'rate_limit', resetEpochS: Date.UTC(2026, 0, 15, 12, 0, 4) / 1000 }, 4_000],
    ['nothing', { kind: 'rate_limit' }, 5_000],
    ['when it is back', { kind: 'status', status: 503, headers: { 'retry-after': '3' } }, 3_000],
  ])('is as long as it says by %s', async (_, fault, ms) => {
    await using claw = await waiting([fault])
    const answering = ask(claw, surface, read)
    await atPause(claw, 1)
    claw.clock.move(ms - 1)
    expect(claw.sandbox.requests).toHaveLength(1)
    claw.clock.move(1)
    expect((await answering).answer.outcome).toBe('succeeded')
  })

  test('that would take more than two thirds of the call’s time is for the caller', async () => {
    await using claw = await waiting([{ kind: 'rate_limit', retryAfter: 21 }])
    const { answer } = await ask(claw, surface, read)
    expect(answer).toMatchObject({ outcome: 'failed', code: 'rate_limited', retryAfterMs: 21_000 })
    expect(claw.sandbox.requests).toHaveLength(1)
  })

  test('counts into the time of the call: three waits are too many', async () => {
    await using claw = await waiting([{ kind: 'rate_limit', retryAfter: 12, times: 3 }])
    const answering = ask(claw, surface, read)
    await atPause(claw, 1)
    claw.clock.move(12_000)
    expect((await answering).answer).toMatchObject({ code: 'rate_limited', retryAfterMs: 12_000 })
    expect(claw.sandbox.requests).toHaveLength(2)
  })

  test('leaves the last attempt what is left of the call’s time', async () => {
    await using claw = await waiting([{ kind: 'rate_limit', retryAfter: 12 }, { kind: 'hang' }])
    const answering = ask(claw, surface, read)
    await atPause(claw, 1)
    claw.clock.move(12_000)
    await claw.sandbox.received(2)
    claw.clock.move(18_000)
    expect((await answering).answer).toMatchObject({ outcome: 'failed', code: 'timeout' })
    expect(await usageOf(claw)).toMatchObject([{ attempts: 2, duration_ms: 30_000 }])
  })

  test('ends with the key: nothing more is sent under one that is revoked in it', async () => {
    await using claw = await waiting([{ kind: 'rate_limit', retryAfter: 7 }])
    const answering = ask(claw, surface, write)
    await atPause(claw, 1)
    await revokeAll(claw)
    claw.clock.move(7_000)
    expect((await answering).answer).toMatchObject({ outcome: 'failed', code: 'rate_limited' })
    expect(claw.sandbox.requests).toHaveLength(1)
  })

  test('ends at once when the server stops, and the caller is told how it stands', async () => {
    await using claw = await waiting([{ kind: 'rate_limit', retryAfter: 15 }])
    const answering = ask(claw, surface, write)
    await atPause(claw, 1)
    const stopped = claw.stopServing()
    expect((await answering).answer).toMatchObject({ outcome: 'failed', code: 'rate_limited', retryAfterMs: 15_000 })
    await stopped
    expect(claw.sandbox.requests).toHaveLength(1)
  })
})

describe('a wait', () => {
  test('is by chance after a server error, and up to a second at first', async () => {
    await using claw = await waiting([{ kind: 'status', status: 500 }])
    claw.app.random = () => 0.5
    const answering = claw.call(read.tool)
    await atPause(claw, 1)
    claw.clock.move(499)
    expect(claw.sandbox.requests).toHaveLength(1)
    claw.clock.move(1)
    expect((await answering).body.outcome).toBe('succeeded')
  })

  test.each([
    ['REST', '/api/v1/tools/sandbox_list_folders/calls', { arguments: {} }],
    [
      'MCP',
      '/mcp',
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_list_folders' } },
      },
    ],
    [
      'MCP by the SDK',
      '/mcp',
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        // What only the SDK answers.
        params: {
          name: 'clawlink_call_tool',
          arguments: { tool: 'sandbox_list_folders' },
          _meta: { 'x/y': 1 },
          task: {},
        },
      },
    ],
  ])('ends at once when the caller is gone, and the call stands in the record (%s)', async (_, path, body) => {
    await using claw = await waiting([{ kind: 'rate_limit', retryAfter: 15 }])
    const { hostname, port } = new URL(claw.url)
    const text = JSON.stringify(body)
    const socket = connect(Number(port), hostname)
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${claw.key}\r\n` +
        'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n' +
        `MCP-Protocol-Version: 2025-11-25\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    )
    await atPause(claw, 1)
    socket.destroy()
    await expect.poll(() => claw.rows('usage')).toHaveLength(1)
    expect(await usageOf(claw)).toMatchObject([{ outcome: 'failed', code: 'rate_limited', attempts: 1 }])
    expect(claw.sandbox.requests).toHaveLength(1)
    expect(claw.app.wakes.listenerCount(stopTopic)).toBe(0)
  })
})

describe('the breaker', () => {
  const down: Fault = { kind: 'status', status: 500 }

  test('counts each attempt, and ends the trying once it is open', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ ...down, times: 'always' })
    await claw.call(read.tool)
    const { body } = await claw.call(read.tool)
    expect(body).toMatchObject({ code: 'provider_unavailable', providerStatus: 500, retryAfterMs: 30_000 })
    expect((await claw.call(read.tool)).body.code).toBe('circuit_open')
    expect(claw.sandbox.requests).toHaveLength(5)
    expect(await usageOf(claw)).toMatchObject([{ attempts: 3 }, { attempts: 2 }, { attempts: 0 }])
  })

  test('ends the trying of a keyed write without forgetting that it may have happened', async () => {
    await using claw = await startClawLink()
    claw.sandbox.script({ ...down, times: 4 })
    for (let i = 0; i < 4; i++) await claw.call(write.tool, write.args)
    claw.sandbox.script({ kind: 'close_after_read' })
    expect((await claw.call(keyedWrite.tool, keyedWrite.args)).body).toMatchObject({ code: 'outcome_unknown' })
    expect(claw.sandbox.requests).toHaveLength(5)
  })
})

describe.each([
  ['a keyed write stays unknown', keyedWrite, { outcome: 'unknown', code: 'outcome_unknown' }],
  [
    'a write that may be repeated says so',
    repeatableWrite,
    { code: 'provider_unavailable', fix: /It may have happened/ },
  ],
] as const)('when its answer is lost and then the provider cannot be reached', (words, kind, expected) => {
  test(words, async () => {
    await using claw = await startClawLink()
    claw.app.random = () => 0.5
    claw.sandbox.script({ kind: 'close_after_read' })
    const answering = claw.call(kind.tool, kind.args)
    await atPause(claw, 1)
    await claw.sandbox.stop()
    claw.clock.move(500)
    await atPause(claw, 1)
    claw.clock.move(1_000)
    const { fix, ...rest } = expected as { fix?: RegExp } // one of the two above
    const { body } = await answering
    expect(body).toMatchObject({ ...rest, ...(fix && { fix: expect.stringMatching(fix) }) })
    expect(await usageOf(claw)).toMatchObject([{ attempts: 3, provider_status: 0 }])
  })
})

test('an account that asked meanwhile to be left alone is, and the caller is told for how long', async () => {
  await using claw = await startClawLink()
  claw.sandbox.script({ kind: 'status', status: 503, headers: { 'retry-after': '3' } })
  const answering = claw.call(read.tool)
  await atPause(claw, 1)
  claw.sandbox.script({ kind: 'rate_limit', retryAfter: 60 })
  expect((await claw.call(read.tool)).body).toMatchObject({ code: 'rate_limited' })
  claw.clock.move(3_000)
  expect((await answering).body).toMatchObject({ code: 'provider_unavailable', retryAfterMs: 57_000 })
  expect(claw.sandbox.requests).toHaveLength(2)
})
