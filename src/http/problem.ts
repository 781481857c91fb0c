import type { Fault } from '../core/errors.ts'
import { type Answer, plainHeaders } from './answer.ts'

/** A fault as RFC 9457 problem details, with what the caller should do next. `type` names the entry in the error docs. */
export function problemOf(fault: Fault) {
  const { status, title } = fault.entry
  const { retryAfterMs, ...details } = fault.details
  return {
    type: `urn:clawlink:error:${fault.code}`,
    title,
    status,
    detail: fault.message,
    code: fault.code,
    retryable: fault.retryable,
    fix: fault.fix,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }),
    ...details,
  }
}

/** Says that an answer is that of an earlier request under the same idempotency key. */
export const replayedHeader = { 'idempotency-replayed': 'true' }

export function problem(fault: Fault): Answer {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8', ...plainHeaders }
  const { retryAfterMs } = fault.details
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000))
  if (fault.details.replayed) Object.assign(headers, replayedHeader)
  if (fault.code === 'method_not_allowed') headers.allow = fault.details.choices?.join(', ') ?? ''
  if (fault.code === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="clawlink"'
  return { status: fault.entry.status, headers, body: JSON.stringify(problemOf(fault)) }
}
