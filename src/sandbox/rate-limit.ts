/** So many requests per fixed window, for each API key. */
export type RateLimit = { requests: number; perMs: number }

export type RateLimiter = {
  /** Counts one request of this key. The headers belong on its answer, whatever that is. */
  take(key: string, nowMs: number): { allowed: boolean; headers: Record<string, string> }
  clear(): void
}

/**
 * A key's window begins with its first request and ends `perMs` later; the first request after that begins the next.
 * `x-ratelimit-reset` is in epoch seconds and `retry-after` in seconds, both rounded up, so waiting that long suffices.
 */
export function rateLimiter(limit: RateLimit): RateLimiter {
  const windows = new Map<string, { endsAtMs: number; used: number }>()
  return {
    take(key, nowMs) {
      let current = windows.get(key)
      if (!current || nowMs >= current.endsAtMs) {
        current = { endsAtMs: nowMs + limit.perMs, used: 0 }
        windows.set(key, current)
      }
      const allowed = current.used < limit.requests
      if (allowed) current.used++
      const headers: Record<string, string> = {
        'x-ratelimit-limit': String(limit.requests),
        'x-ratelimit-remaining': String(limit.requests - current.used),
        'x-ratelimit-reset': String(Math.ceil(current.endsAtMs / 1000)),
      }
      if (!allowed) headers['retry-after'] = String(Math.ceil((current.endsAtMs - nowMs) / 1000))
      return { allowed, headers }
    },
    clear: () => windows.clear(),
  }
}
