/**
 * The circuit breaker of one provider account, as a value. Closed: calls pass. Open: calls are answered at once, so that
 * a failing provider is neither hammered nor waited for. Half-open: one call may try whether it is well again.
 */
export type Breaker =
  | { state: 'closed'; failures: number }
  | { state: 'open'; until: number }
  | { state: 'half-open'; probeUntil: number }

const failuresMax = 5
const openMs = 30_000

export const closedBreaker: Breaker = { state: 'closed', failures: 0 }

/** Whether a call may pass now, and the breaker that it leaves behind. */
export function admit(breaker: Breaker, nowMs: number): { breaker: Breaker; waitMs: number } {
  if (breaker.state === 'closed') return { breaker, waitMs: 0 }
  const until = breaker.state === 'open' ? breaker.until : breaker.probeUntil
  if (nowMs < until) return { breaker, waitMs: until - nowMs }
  // A probe that never reports back must not keep the breaker half-open for ever.
  return { breaker: { state: 'half-open', probeUntil: nowMs + openMs }, waitMs: 0 }
}

/** The breaker after a call that passed. Only what says that the provider is down counts as a failure. */
export function record(breaker: Breaker, providerDown: boolean, nowMs: number): Breaker {
  if (!providerDown) return breaker.state === 'open' ? breaker : closedBreaker
  if (breaker.state === 'open') return breaker
  const failures = breaker.state === 'closed' ? breaker.failures + 1 : failuresMax
  return failures >= failuresMax ? { state: 'open', until: nowMs + openMs } : { state: 'closed', failures }
}
