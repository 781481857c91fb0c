import type { Fault } from '../core/errors.ts'
import { plainHeaders } from './edge.ts'

/** A fault as RFC 9457 problem details, with what the caller should do next. `type` names the entry in the error docs. */
export function problemOf(fault: Fault, more: Record<string, unknown> = {}) {
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
    ...more,
  }
}

export function problem(fault: Fault, more?: Record<string, unknown>): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8', ...plainHeaders }
  const { retryAfterMs } = fault.details
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000))
  if (fault.code === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="clawlink"'
  return new Response(JSON.stringify(problemOf(fault, more)), { status: fault.entry.status, headers })
}
