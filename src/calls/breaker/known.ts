import type { BreakerRow } from '../../db/schema.ts'
import { type Breaker, closedBreaker } from './breaker.ts'
import { breakerOf } from './breaker-rows.ts'

/** What this process knows of one account. */
export type Entry = {
  breaker: Breaker
  /** The call of this process that tries whether the provider is well again. */
  probe?: string
  /** Changes of this process that are on their way to the database. */
  changing: number
  /** How many looks had begun when the last of them arrived: those may not have seen it. */
  since: number
}

/** Takes in the rows that a look found, or nothing when it failed. */
export type Merge = (rows: readonly BreakerRow[] | undefined, nowMs: number) => void

export type Known = {
  size(): number
  get(key: string): Entry | undefined
  /** The same, and a closed one where nothing is known. */
  of(key: string): Entry
  all(): Iterable<[key: string, entry: Entry]>
  /** To be called when a change begins; what it gives, when the change has reached the database. */
  change(key: string): () => void
  /** Forgets an account about which there is nothing to say. */
  tidy(key: string): void
  /** To be called when a look begins. */
  begin(): Merge
}

/**
 * The accounts in trouble, as this process knows them: at most `entriesMax`, the oldest go first. What the database says
 * replaces what is known here, but for changes of this process that it cannot have seen yet.
 */
export function createKnown(entriesMax = 10_000): Known {
  const entries = new Map<string, Entry>()
  let looks = 0
  let running = 0

  function tidy(key: string): void {
    const entry = entries.get(key)
    if (entry?.breaker.state !== 'closed' || entry.breaker.failures > 0 || entry.changing > 0) return
    // A look on its way may bring back a row that is gone by now: until it is over the entry stands against that.
    if (running === 0) entries.delete(key)
  }

  function of(key: string, since = looks): Entry {
    const found = entries.get(key)
    if (found) return found
    const [oldest] = entries.size >= entriesMax ? entries.keys() : []
    if (oldest !== undefined) entries.delete(oldest)
    const entry: Entry = { breaker: closedBreaker, changing: 0, since }
    entries.set(key, entry)
    return entry
  }

  return {
    size: () => entries.size,
    get: key => entries.get(key),
    of: key => of(key),
    all: () => entries,
    change(key) {
      const entry = of(key)
      entry.changing++
      return () => {
        entry.changing--
        entry.since = looks
        tidy(key)
      }
    },
    tidy,
    begin() {
      const look = ++looks
      running++
      const maySee = ({ changing, since }: Entry) => changing === 0 && since < look
      return (rows, nowMs) => {
        running--
        const open = new Set<string>()
        for (const row of rows ?? []) {
          const key = row.connection_id
          open.add(key)
          const entry = of(key, 0)
          if (!maySee(entry)) continue
          entry.breaker = breakerOf(row, nowMs)
          if (entry.probe !== row.probe_owner) delete entry.probe
        }
        for (const [key, entry] of entries) {
          if (rows && entry.breaker.state !== 'closed' && !open.has(key) && maySee(entry)) entry.breaker = closedBreaker
          tidy(key)
        }
      }
    },
  }
}
