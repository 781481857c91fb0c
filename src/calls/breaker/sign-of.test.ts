import { expect, test } from 'vitest'
import { type ErrorCode, Fault } from '../../core/errors.ts'
import type { Failed } from '../classify.ts'
import type { Sign } from './breaker.ts'
import { signOf } from './sign-of.ts'

const rows: [what: string, code: ErrorCode, reached: Failed['reached'], trusted: boolean, sign: Sign][] = [
  ['a server error', 'provider_unavailable', 'answered', false, 'down'],
  ['no connection', 'provider_unavailable', 'not_sent', false, 'down'],
  ['a connection that broke', 'provider_unavailable', 'maybe_sent', false, 'down'],
  ['no answer in time', 'timeout', 'maybe_sent', false, 'down'],
  ['a 408 of its own', 'timeout', 'answered', true, 'up'],
  ['a 404', 'not_found', 'answered', true, 'up'],
  ['a 401', 'authentication_failed', 'answered', true, 'up'],
  ['a 429', 'rate_limited', 'answered', true, 'up'],
  ['an error beside what was carried out', 'validation_error', 'answered', false, 'up'],
  ['a credential that cannot be had', 'provider_unavailable', 'not_sent', true, 'nothing'],
  ['an address that is not allowed', 'policy_denied', 'not_sent', false, 'nothing'],
  ['a caller who went away', 'canceled', 'not_sent', true, 'nothing'],
]

test.each(rows)('%s', (_, code, reached, trusted, sign) => {
  expect(signOf({ ok: false, fault: new Fault(code, ''), reached, trusted, passing: false })).toBe(sign)
})

test('a good answer shows that the provider is up', () => {
  expect(signOf({ ok: true, status: 200, headers: {}, body: {} })).toBe('up')
})
