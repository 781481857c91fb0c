import { Fault } from './errors.ts'
import { RecentMap } from './recent-map.ts'

/** Counts what may fail only so often, by whoever tries it. Kept in this process alone. */
export type Tries = {
  /**
   * Counts one more as failed before it is known, so that tries at once are no more than tries in a row; or a fault, once there
   * were too many, which says when it may be tried again.
   */
  take(who: string, nowMs: number): Fault | undefined
  /** One that did not fail. */
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
    take(who, nowMs) {
      const found = current(who, nowMs)
      if (found && found.count >= max)
        return new Fault('rate_limited', 'Too many wrong tries.', { retryAfterMs: found.endsAt - nowMs })
      if (found) found.count++
      else failures.set(who, { count: 1, endsAt: nowMs + windowMs })
      return undefined
    },
    forgive(who, nowMs) {
      const found = current(who, nowMs)
      if (found) found.count--
    },
  }
}
