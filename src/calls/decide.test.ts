import { describe, expect, test } from 'vitest'
import { buildCatalog, type Tool } from '../catalog/catalog.ts'
import { apiKey, connector, cursor, type Idempotency, tool } from '../catalog/define.ts'
import type { Effect } from '../core/effect.ts'
import { Fault } from '../core/errors.ts'
import type { Classified } from './classify.ts'
import { decide } from './decide.ts'

function toolWith(effect: Effect, idempotency: Idempotency, more: { pick?: string; paged?: boolean } = {}): Tool {
  const { pick, paged = false } = more
  const demo = connector({
    name: 'Demo',
    about: 'A demo.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'https://demo.example' },
    tools: {
      act: tool({
        about: 'Act.',
        input: {},
        request: 'POST /act',
        effect,
        idempotency,
        ...(pick !== undefined && { pick }),
        ...(paged && { page: cursor('cursor', 'next') }),
      }),
    },
  })
  const made = buildCatalog({ demo }).tools.get('demo_act')
  if (!made) throw new Error('no tool')
  return made
}

const fault = new Fault('provider_unavailable', 'Demo: it broke.', { providerStatus: 500, retryAfterMs: 9 })

/** What is promised, row by row, without looking at how the code decides. */
const promises: [effect: Effect, idempotency: Idempotency, reached: string, trusted: boolean, ends: string][] = [
  ['read', 'natural', 'not_sent', false, 'failed'],
  ['read', 'natural', 'maybe_sent', false, 'failed'],
  ['read', 'natural', 'answered', false, 'failed'],
  ['read', 'natural', 'answered', true, 'failed'],
  ['read', 'none', 'not_sent', false, 'failed'],
  ['read', 'none', 'maybe_sent', false, 'failed'],
  ['read', 'none', 'answered', false, 'failed'],
  ['read', 'none', 'answered', true, 'failed'],

  ['write', 'none', 'not_sent', false, 'failed'],
  ['write', 'none', 'not_sent', true, 'failed'],
  ['write', 'none', 'maybe_sent', false, 'unknown'],
  ['write', 'none', 'answered', false, 'unknown'],
  ['write', 'none', 'answered', true, 'failed'],

  ['destructive', 'none', 'not_sent', false, 'failed'],
  ['destructive', 'none', 'maybe_sent', false, 'unknown'],
  ['destructive', 'none', 'answered', false, 'unknown'],
  ['destructive', 'none', 'answered', true, 'failed'],

  ['write', 'natural', 'not_sent', false, 'failed'],
  ['write', 'natural', 'maybe_sent', false, 'failed, repeatable'],
  ['write', 'natural', 'answered', false, 'failed, repeatable'],
  ['write', 'natural', 'answered', true, 'failed'],

  ['destructive', 'natural', 'not_sent', false, 'failed'],
  ['destructive', 'natural', 'maybe_sent', false, 'failed, repeatable'],
  ['destructive', 'natural', 'answered', false, 'failed, repeatable'],
  ['destructive', 'natural', 'answered', true, 'failed'],

  ['write', { header: 'Idempotency-Key' }, 'not_sent', false, 'failed'],
  ['write', { header: 'Idempotency-Key' }, 'maybe_sent', false, 'unknown'],
  ['write', { header: 'Idempotency-Key' }, 'answered', false, 'unknown'],
  ['write', { header: 'Idempotency-Key' }, 'answered', true, 'failed'],

  ['destructive', { header: 'Idempotency-Key' }, 'not_sent', false, 'failed'],
  ['destructive', { header: 'Idempotency-Key' }, 'maybe_sent', false, 'unknown'],
  ['destructive', { header: 'Idempotency-Key' }, 'answered', false, 'unknown'],
  ['destructive', { header: 'Idempotency-Key' }, 'answered', true, 'failed'],
]

describe('a call that did not succeed', () => {
  test.each(promises)('%s, idempotency %j, %s, trusted %s: %s', (effect, idempotency, reached, trusted, ends) => {
    const attempt = { ok: false, fault, reached, trusted } as Classified // one of the rows above
    const outcome = decide(toolWith(effect, idempotency), attempt)
    if (outcome.kind === 'succeeded') throw new Error('it did not succeed')
    expect(outcome.kind).toBe(ends === 'unknown' ? 'unknown' : 'failed')
    if (ends === 'failed') expect(outcome.fault).toBe(fault)
    if (ends === 'unknown') {
      // What may have happened has no time after which to try again.
      expect(outcome.fault).toEqual(new Fault('outcome_unknown', fault.message, { providerStatus: 500 }))
      expect(outcome.fault.retryable).toBe(false)
    }
    if (ends === 'failed, repeatable') {
      expect(outcome.fault).toMatchObject({ code: fault.code, message: fault.message, details: fault.details })
      expect(outcome.fault.fix).toContain('It may have happened.')
    }
  })
})

describe('a call that succeeded', () => {
  const ok = (body: unknown): Classified => ({ ok: true, status: 201, headers: {}, body })

  test.each([{ a: 1 }, [], null, 'text', 0, false, ''])('gives the whole answer: %j', body => {
    expect(decide(toolWith('write', 'none'), ok(body))).toEqual({
      kind: 'succeeded',
      output: body,
      providerStatus: 201,
    })
  })

  test('gives the part that the tool names', () => {
    const picking = toolWith('read', 'natural', { pick: 'deep.items' })
    expect(decide(picking, ok({ deep: { items: [1] } }))).toMatchObject({ output: [1] })
    expect(decide(picking, ok({ deep: { items: null } }))).toMatchObject({ kind: 'succeeded', output: null })
  })

  test('gives the way to the next page when there is one', () => {
    const paged = toolWith('read', 'natural', { paged: true })
    expect(decide(paged, ok({ next: 'abc' }))).toMatchObject({ next: expect.any(String) })
    expect(decide(paged, ok({ next: null }))).not.toHaveProperty('next')
    expect(decide(toolWith('read', 'natural'), ok({ next: 'abc' }))).not.toHaveProperty('next')
  })

  test.each([
    ['read', 'failed'],
    ['write', 'unknown'],
    ['destructive', 'unknown'],
  ] as const)('but lacks the part that the tool names is no success: %s', (effect, kind) => {
    for (const body of [{}, { deep: null }, null, [], 'text']) {
      expect(decide(toolWith(effect, 'none', { pick: 'deep.items' }), ok(body))).toMatchObject({
        kind,
        fault: { code: 'output_mismatch', message: 'Demo answered 201 without "deep.items".' },
      })
    }
  })
})
