/** So many requests per window, for each API key. The windows are fixed ones, unless any window of that length counts. */
export type RateLimit = { requests: number; perMs: number; sliding?: boolean }

export type RateLimiter = {
  /** Counts one request of this key. The headers belong on its answer, whatever that is. */
  take(key: string, nowMs: number): { allowed: boolean; headers: Record<string, string> }
  clear(): void
}

/** What a key has used when it asks once more, and when some of that, or all of it, is free again. */
type Use = { used: number; endsAtMs: number; allow(): void }

/**
 * A fixed window of a key begins with its first request and ends `perMs` later; the first request after that begins the
 * next. In sliding ones a request counts for exactly `perMs`. `x-ratelimit-reset` is in epoch seconds and `retry-after` in
 * seconds, both rounded up, so waiting that long suffices.
 */
export function rateLimiter(limit: RateLimit): RateLimiter {
  const windows = limit.sliding ? slidingWindows(limit) : fixedWindows(limit)
  return {
    take(key, nowMs) {
      const use = windows.useOf(key, nowMs)
      const allowed = use.used < limit.requests
      if (allowed) use.allow()
      const headers: Record<string, string> = {
        'x-ratelimit-limit': String(limit.requests),
        'x-ratelimit-remaining': String(limit.requests - use.used - (allowed ? 1 : 0)),
        'x-ratelimit-reset': String(Math.ceil(use.endsAtMs / 1000)),
      }
      if (!allowed) headers['retry-after'] = String(Math.ceil((use.endsAtMs - nowMs) / 1000))
      return { allowed, headers }
    },
    clear: windows.clear,
  }
}

type Windows = { useOf(key: string, nowMs: number): Use; clear(): void }

function fixedWindows({ perMs }: RateLimit): Windows {
  const windows = new Map<string, { endsAtMs: number; used: number }>()
  return {
    useOf(key, nowMs) {
      const known = windows.get(key)
      const current = known && nowMs < known.endsAtMs ? known : { endsAtMs: nowMs + perMs, used: 0 }
      windows.set(key, current)
      return {
        ...current,
        allow() {
          current.used++
        },
      }
    },
    clear: () => windows.clear(),
  }
}

function slidingWindows({ perMs }: RateLimit): Windows {
  const times = new Map<string, number[]>()
  return {
    useOf(key, nowMs) {
      const counted = (times.get(key) ?? []).filter(at => at + perMs > nowMs)
      times.set(key, counted)
      return {
        used: counted.length,
        endsAtMs: (counted[0] ?? nowMs) + perMs,
        allow: () => void counted.push(nowMs),
      }
    },
    clear: () => times.clear(),
  }
}
