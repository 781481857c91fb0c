import { Fault } from './errors.ts'
import { RecentMap } from './recent-map.ts'

/** Counts what may fail only so often, by whoever tries it. Kept in this process alone. */
export type Tries = {
  /** A fault once there were too many; says when it may be tried again. */
  refusal(who: string, nowMs: number): Fault | undefined
  /** One that failed. */
  failed(who: string, nowMs: number): void
  /** One that was counted as failed before it was known, and was not. */
  forgive(who: string, nowMs: number): void
}

/** `max` failures in `windowMs`, counted from the first of them. */
export function createTries({ max, windowMs }: { max: number; windowMs: number }): Tries {
  const failures = new RecentMap<{ count: number; endsAt: number }>(10_000)
  const current = (who: string, nowMs: number) => {
    const found = failures.get(who)
    return found && nowMs < found.endsAt ? found : undefined
  }
  return {
    refusal(who, nowMs) {
      const found = current(who, nowMs)
      if (!found || found.count < max) return undefined
      return new Fault('rate_limited', 'Too many wrong tries.', { retryAfterMs: found.endsAt - nowMs })
    },
    failed(who, nowMs) {
      const found = current(who, nowMs)
      if (found) found.count++
      else failures.set(who, { count: 1, endsAt: nowMs + windowMs })
    },
    forgive(who, nowMs) {
      const found = current(who, nowMs)
      if (found) found.count--
    },
  }
}
