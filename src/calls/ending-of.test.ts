import { describe, expect, test } from 'vitest'
import { buildCatalog, type Tool } from '../catalog/catalog.ts'
import { apiKey, connector, cursor, type Idempotency, tool } from '../catalog/define.ts'
import type { Effect } from '../core/effect.ts'
import { Fault } from '../core/errors.ts'
import type { Tried } from './attempts.ts'
import type { Classified } from './classify.ts'
import { endingOf } from './ending-of.ts'

const effort = { attempts: 1, requestBytes: 0, answerBytes: 0, providerStatus: 0 }
const request = { method: 'POST', url: 'https://demo.example/act', headers: {} }

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

describe('a call that did not succeed', () => {
  const fault = new Fault('provider_unavailable', 'Demo: it broke.', { providerStatus: 500, retryAfterMs: 9 })
  const classified: Classified = { ok: false, fault, reached: 'answered', trusted: false, passing: true }
  const ending = (end: Tried['end']) => endingOf(toolWith('write', 'natural'), { classified, effort, end }, request)

  test('and did not happen has failed as the provider said', () => {
    expect(ending('answer')).toEqual({ kind: 'failed', fault })
  })

  test('and may safely be repeated has failed and says so', () => {
    expect(ending('safe')).toMatchObject({
      kind: 'failed',
      fault: { code: fault.code, message: fault.message, details: fault.details },
    })
    expect(ending('safe')).toMatchObject({ fault: { fix: expect.stringContaining('It may have happened.') } })
  })

  test('and may have happened is unknown, with no time after which to try again', () => {
    const unknown = new Fault('outcome_unknown', fault.message, { providerStatus: 500 })
    expect(ending('unknown')).toEqual({ kind: 'unknown', fault: unknown })
    expect(unknown.retryable).toBe(false)
  })
})

describe('a call that succeeded', () => {
  const ending = (demo: Tool, body: unknown) =>
    endingOf(demo, { classified: { ok: true, status: 201, headers: {}, body }, effort, end: 'answer' }, request)

  test.each([{ a: 1 }, [], null, 'text', 0, false, ''])('gives the whole answer: %j', body => {
    expect(ending(toolWith('write', 'none'), body)).toEqual({ kind: 'succeeded', output: body, providerStatus: 201 })
  })

  test('gives the part that the tool names', () => {
    const picking = toolWith('read', 'natural', { pick: 'deep.items' })
    expect(ending(picking, { deep: { items: [1] } })).toMatchObject({ output: [1] })
    expect(ending(picking, { deep: { items: null } })).toMatchObject({ kind: 'succeeded', output: null })
  })

  test('gives the way to the next page when there is one', () => {
    const paged = toolWith('read', 'natural', { paged: true })
    expect(ending(paged, { next: 'abc' })).toMatchObject({ next: expect.any(String) })
    expect(ending(paged, { next: null })).not.toHaveProperty('next')
    expect(ending(toolWith('read', 'natural'), { next: 'abc' })).not.toHaveProperty('next')
  })

  test.each([
    ['read', 'failed'],
    ['write', 'unknown'],
    ['destructive', 'unknown'],
  ] as const)('but lacks the part that the tool names is no success: %s', (effect, kind) => {
    for (const body of [{}, { deep: null }, null, [], 'text']) {
      expect(ending(toolWith(effect, 'none', { pick: 'deep.items' }), body)).toMatchObject({
        kind,
        fault: { code: 'output_mismatch', message: 'Demo answered 201 without "deep.items".' },
      })
    }
  })
})
