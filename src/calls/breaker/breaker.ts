import type { BreakerFacts } from '../../catalog/define.ts'

/**
 * The circuit breaker of one provider account, as a value. Closed: calls pass. Open: calls are answered at once, so that
 * a failing provider is neither hammered nor waited for. Half-open: one call may try whether it is well again.
 */
export type Breaker =
  | { state: 'closed'; failures: number }
  | { state: 'open'; until: number }
  | { state: 'half-open'; probeUntil: number }

/** How many failures in a row open it, and for how long it is open, and a try may take. */
export type Thresholds = { failures: number; openMs: number }

/** What an answer says of the provider; `nothing` where ClawLink itself did not send, or does not know. */
export type Sign = 'up' | 'down' | 'nothing'

export const closedBreaker: Breaker = { state: 'closed', failures: 0 }

export function thresholdsOf({ failures = 5, openS = 30 }: BreakerFacts = {}): Thresholds {
  return { failures, openMs: openS * 1000 }
}

/** Whether a call may pass now (`waitMs` is 0), and the breaker that it leaves behind: half-open means that it is the try. */
export function admit(breaker: Breaker, { openMs }: Thresholds, nowMs: number): { breaker: Breaker; waitMs: number } {
  if (breaker.state === 'closed') return { breaker, waitMs: 0 }
  const until = breaker.state === 'open' ? breaker.until : breaker.probeUntil
  if (nowMs < until) return { breaker, waitMs: until - nowMs }
  // A try that never reports back must not keep the breaker half-open for ever.
  return { breaker: { state: 'half-open', probeUntil: nowMs + openMs }, waitMs: 0 }
}

/** The breaker after an answer: of any call that passed while it was closed, and of the try alone while it is half-open. */
export function record(breaker: Breaker, sign: Sign, { failures, openMs }: Thresholds, nowMs: number): Breaker {
  if (breaker.state === 'open') return breaker
  if (sign === 'up') return closedBreaker
  // A try that found out nothing makes room for the next one.
  if (sign === 'nothing') return breaker.state === 'closed' ? breaker : { state: 'open', until: nowMs }
  const count = breaker.state === 'closed' ? breaker.failures + 1 : failures
  return count >= failures ? { state: 'open', until: nowMs + openMs } : { state: 'closed', failures: count }
}
