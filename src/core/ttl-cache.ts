/**
 * A small cache whose entries are trusted for `ttlMs`. Holds at most `entriesMax`; the oldest go first.
 * For facts that change seldom and may be stale for that long, never for credentials.
 */
export class TtlCache<T> {
  readonly #entries = new Map<string, { value: T; until: number }>()
  readonly #ttlMs: number
  readonly #entriesMax: number

  constructor(options: { ttlMs: number; entriesMax: number }) {
    this.#ttlMs = options.ttlMs
    this.#entriesMax = options.entriesMax
  }

  get(key: string, nowMs: number): T | undefined {
    const entry = this.#entries.get(key)
    return entry && nowMs < entry.until ? entry.value : undefined
  }

  set(key: string, value: T, nowMs: number): T {
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: nowMs + this.#ttlMs })
    if (this.#entries.size > this.#entriesMax) {
      const oldest = this.#entries.keys().next()
      if (!oldest.done) this.#entries.delete(oldest.value)
    }
    return value
  }

  clear(): void {
    this.#entries.clear()
  }
}
