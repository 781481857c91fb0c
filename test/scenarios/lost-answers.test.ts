/** What a call comes to when the provider's answer is lost or says nothing, for each kind of tool. */
import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../src/core/errors.ts'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink } from '../kit/clawlink.ts'
import { ask, play, type Scenario, surfaces, usageOf } from '../kit/scenario.ts'
import { keyedWrite, read, repeatableWrite, write } from './tools.ts'

const callTimeoutMs = 20_000
const config = { callTimeoutMs, answerBytesMax: 64 * 1024 }

/** `status` is what REST answers when the call failed; `providerStatus` is what a complete answer had. */
type Loss = {
  fault: Fault
  code: ErrorCode
  status: number
  /** How often what may be repeated is tried. */
  tries: 1 | 3
  moveMs?: number
  providerStatus?: number
}

const broken = { code: 'provider_unavailable', status: 502, tries: 3 } as const
const unreadable = { ...broken, tries: 1, providerStatus: 200 } as const
/** All the time that the call has. */
const late = { code: 'timeout', status: 504, tries: 1, moveMs: callTimeoutMs } as const
const tooLarge = { code: 'payload_too_large', status: 413, tries: 1 } as const

const losses: Record<string, Loss> = {
  'never answers': { fault: { kind: 'hang' }, ...late },
  'sends headers and then nothing': { fault: { kind: 'hang_after_headers' }, ...late },
  'sends byte after byte without end': { fault: { kind: 'drip', everyMs: 1 }, ...late },
  'closes the connection before it reads': { fault: { kind: 'close_before_read' }, ...broken },
  'acts and closes the connection': { fault: { kind: 'close_after_read' }, ...broken },
  'closes in the middle of its answer': { fault: { kind: 'close_mid_body' }, ...broken },
  'closes in the middle of a chunked answer': { fault: { kind: 'close_mid_body', chunked: true }, ...broken },
  'resets the connection': { fault: { kind: 'reset' }, ...broken },
  'answers with broken JSON': { fault: { kind: 'invalid_json' }, ...unreadable },
  'answers with a web page': { fault: { kind: 'html' }, ...unreadable },
  'answers more than is accepted': { fault: { kind: 'huge', bytes: 1_000_000 }, ...tooLarge },
  'answers a gzip bomb': { fault: { kind: 'gzip_bomb', bytes: 10_000_000 }, ...tooLarge },
  'answers 500': { fault: { kind: 'status', status: 500 }, ...broken, providerStatus: 500 },
  'answers 503 with a web page': { fault: { kind: 'html', status: 503 }, ...broken, providerStatus: 503 },
  'answers 500 after it acted': {
    fault: { kind: 'status', status: 500, applied: true },
    ...broken,
    providerStatus: 500,
  },
}

/** Three attempts meet the fault, if there are as many. */
const common = ({ fault, moveMs = 0, providerStatus = 0 }: Loss) => ({
  faults: [{ ...fault, times: 3 }],
  moveMs,
  providerStatus,
  unread: fault.kind === 'close_before_read',
})
/** What may be repeated is, with the same request each time. */
const repeated = ({ tries }: Loss, sent: Scenario['sent']) => ({
  attempts: tries,
  sent: Array<typeof sent>(tries).fill(sent).flat(),
})
const stated = ({ providerStatus }: Loss) => (providerStatus === undefined ? {} : { providerStatus })

function failed(loss: Loss): Pick<Scenario, 'status' | 'answer'> {
  const { code, status } = loss
  const retryable = code !== 'payload_too_large'
  return {
    status,
    answer: { outcome: 'failed', code, retryable, message: expect.stringMatching(/^Sandbox/), ...stated(loss) },
  }
}

const unknown = (loss: Loss): Pick<Scenario, 'status' | 'answer'> => ({
  status: 502,
  answer: {
    outcome: 'unknown',
    code: 'outcome_unknown',
    retryable: false,
    fix: expect.stringContaining('Do not repeat it.'),
    ...stated(loss),
  },
})

describe.each(Object.entries(losses))('when the provider %s', (_, loss) => {
  play(
    [
      {
        guarantee: 'a read has failed after all attempts and may be tried again',
        ...read,
        ...common(loss),
        ...repeated(loss, read.sent),
        status: loss.status,
        answer: { ...failed(loss).answer, fix: expect.not.stringContaining('It may have happened') },
      },
      { guarantee: 'a write is sent once and its outcome is unknown', ...write, ...common(loss), ...unknown(loss) },
      {
        guarantee: 'a write that may be repeated has failed after all attempts, and says that repeating is safe',
        ...repeatableWrite,
        ...common(loss),
        ...repeated(loss, repeatableWrite.sent),
        status: loss.status,
        answer: { ...failed(loss).answer, fix: expect.stringContaining('cannot happen twice') },
      },
      {
        guarantee: 'a write under an idempotency key of this call is unknown: another call would have another key',
        ...keyedWrite,
        ...common(loss),
        ...repeated(loss, keyedWrite.sent),
        ...unknown(loss),
        afterwards({ sandbox }, { callId }) {
          for (const { headers } of sandbox.requests) expect(headers['idempotency-key']).toBe(callId)
        },
      },
    ],
    { config },
  )
})

describe.each(surfaces)('over %s, when the provider cannot be reached', surface => {
  test.each([
    ['a read', read],
    ['a write', write],
    ['a write that may be repeated', repeatableWrite],
    ['a write under a key', keyedWrite],
  ])('%s has failed: it certainly did not happen', async (_, call) => {
    await using claw = await startClawLink()
    await claw.sandbox.stop()
    const { answer } = await ask(claw, surface, call)
    expect(answer).toMatchObject({
      outcome: 'failed',
      code: 'provider_unavailable',
      message: 'Sandbox: The host does not accept connections.',
      fix: 'Try again later. Nothing was changed by this call.',
    })
    expect(await usageOf(claw)).toMatchObject([{ outcome: 'failed', attempts: 3, provider_status: 0, answer_bytes: 0 }])
  })
})
