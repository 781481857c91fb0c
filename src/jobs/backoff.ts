const firstMs = 1_000
const longestMs = 5 * 60_000

/**
 * The pause before a job is tried again: exponential with full jitter, so that what failed together does not come back
 * together. `attempt` counts from 1; `random` gives numbers from 0 up to 1.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const bound = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return Math.floor(random() * bound)
}
