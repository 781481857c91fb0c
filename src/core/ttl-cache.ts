import { RecentMap } from './recent-map.ts'

/** A small cache whose entries are trusted for `ttlMs`. For facts that change seldom and may be stale for that long. */
export class TtlCache<T> {
  readonly #entries: RecentMap<{ value: T; until: number }>
  readonly #ttlMs: number

  constructor(options: { ttlMs: number; entriesMax: number }) {
    this.#ttlMs = options.ttlMs
    this.#entries = new RecentMap(options.entriesMax)
  }

  get(key: string, nowMs: number): T | undefined {
    const entry = this.#entries.get(key)
    return entry && nowMs < entry.until ? entry.value : undefined
  }

  set(key: string, value: T, nowMs: number): T {
    this.#entries.set(key, { value, until: nowMs + this.#ttlMs })
    return value
  }

  clear(): void {
    this.#entries.clear()
  }
}
