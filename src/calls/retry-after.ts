import type { IncomingHttpHeaders } from 'node:http'
import type { RetryHint } from '../catalog/define.ts'

/** No provider may put off its callers for longer than this by a header. */
const waitMsMax = 24 * 60 * 60 * 1000

/** How long to wait when a provider says "too many" without saying until when. */
export const unstatedWaitMs = 5_000

/**
 * How long the provider asks us to wait. `Retry-After` (RFC 9110, 10.2.3: seconds or a date) wins over the connector's
 * own hints. Nonsense counts as nothing said; a time that has passed as no wait.
 */
export function retryAfterMs(
  headers: IncomingHttpHeaders,
  hints: readonly RetryHint[],
  nowMs: number,
): number | undefined {
  const standard = headers['retry-after']
  const fromStandard =
    standard === undefined ? undefined : /^\d+$/.test(standard) ? Number(standard) * 1000 : httpDateMs(standard) - nowMs
  const candidates = [fromStandard, ...hints.map(hint => fromHint(headers, hint, nowMs))]
  const wait = candidates.find(ms => ms !== undefined && Number.isFinite(ms))
  return wait === undefined ? undefined : Math.min(Math.max(0, wait), waitMsMax)
}

function fromHint(headers: IncomingHttpHeaders, { header, unit, when }: RetryHint, nowMs: number): number | undefined {
  const value = headers[header]
  if (when && headers[when[0]] !== when[1]) return undefined
  if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value)) return undefined
  return unit === 'epoch_s' ? Number(value) * 1000 - nowMs : Number(value) * 1000
}

/** An HTTP-date in Unix milliseconds, always GMT (RFC 9110, 5.6.7), or NaN. `Date.parse` alone reads a date into nearly anything. */
export function httpDateMs(text: string): number {
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(text)) return Number.NaN
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
}
