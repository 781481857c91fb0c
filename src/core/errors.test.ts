import { describe, expect, test } from 'vitest'
import { type ErrorCode, errorCatalogue, Fault } from './errors.ts'

/** What callers are promised, written down a second time: the REST status and whether the same request may succeed later. */
const promised: Record<string, [status: number, retryable: boolean]> = {
  validation_error: [400, false],
  tool_not_found: [404, false],
  provider_not_found: [404, false],
  not_connected: [409, false],
  ambiguous_connection: [409, false],
  connection_not_found: [404, false],
  authentication_failed: [401, false],
  missing_scope: [403, false],
  permission_denied: [403, false],
  not_found: [404, false],
  method_not_allowed: [405, false],
  conflict: [409, false],
  rate_limited: [429, true],
  provider_unavailable: [502, true],
  timeout: [504, true],
  circuit_open: [503, true],
  outcome_unknown: [502, false],
  output_mismatch: [502, false],
  approval_required: [202, false],
  queued: [202, false],
  canceled: [409, false],
  approval_denied: [403, false],
  policy_denied: [403, false],
  idempotency_conflict: [409, false],
  in_progress: [409, true],
  quota_exceeded: [429, false],
  payload_too_large: [413, false],
  unauthorized: [401, false],
  forbidden: [403, false],
  internal: [500, true],
}

describe('the error catalogue', () => {
  test('has every code that callers are promised, and no other', () => {
    expect(Object.keys(errorCatalogue).toSorted()).toEqual(Object.keys(promised).toSorted())
  })

  test.each(Object.entries(errorCatalogue))('%s has its status, and says in sentences what to do', (code, entry) => {
    expect([entry.status, entry.retryable]).toEqual(promised[code])
    expect(entry.title).toMatch(/^[A-Z][^.]*[^.\s]$/)
    expect(entry.fix).toMatch(/^[A-Z].*\.$/)
  })

  test('never calls what may have happened something to try again', () => {
    expect(errorCatalogue.outcome_unknown.retryable).toBe(false)
    expect(errorCatalogue.outcome_unknown.fix).toContain('Do not repeat it.')
  })
})

describe('a fault', () => {
  test('takes what to do from its code, unless it knows better', () => {
    const code: ErrorCode = 'not_found'
    expect(new Fault(code, 'Nothing.').fix).toBe(errorCatalogue.not_found.fix)
    expect(new Fault(code, 'Nothing.', { fix: 'Look again.' })).toMatchObject({
      code,
      message: 'Nothing.',
      fix: 'Look again.',
      retryable: false,
    })
  })

  test('keeps its details apart from its fix', () => {
    expect(new Fault('conflict', 'No.', { fix: 'Wait.', choices: ['a'] }).details).toEqual({ choices: ['a'] })
    expect(new Fault('conflict', 'No.', { fix: 'Wait.' }).details).toEqual({})
  })

  test('is a value: nothing throws it, and it has no stack that could say too much', () => {
    const fault = new Fault('internal', 'No.')
    expect(fault).not.toBeInstanceOf(Error)
    expect(JSON.stringify(fault)).not.toContain('errors.test')
  })
})
