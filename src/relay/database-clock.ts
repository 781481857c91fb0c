import { sql } from 'kysely'
import type { Clock } from '../core/clock.ts'
import type { Db } from '../db/db.ts'

/** The time of the database: processes whose clocks differ agree on when a lease is over. */
export type DatabaseClock = {
  now(): number
  /** Asks the database again: either clock may have been set since. */
  measure(): Promise<void>
}

export async function createDatabaseClock(db: Db, clock: Clock): Promise<DatabaseClock> {
  const [least, most] = await aheadOf(db, clock)
  let aheadMs = Math.round((least + most) / 2)
  return {
    now: () => clock.now() + aheadMs,
    async measure() {
      const measured = await aheadOf(db, clock)
      // What may still be so stays: the time jumps no further than a clock was set, however slow this answer was.
      if (measured[0] <= measured[1]) aheadMs = Math.min(Math.max(aheadMs, measured[0]), measured[1])
    },
  }
}

/** How far the database's clock is ahead of ours, at the least and at the most. SQLite has none of its own. */
async function aheadOf(db: Db, clock: Clock): Promise<[number, number]> {
  if (db.dialect === 'sqlite') return [0, 0]
  const before = clock.now()
  const { rows } = await sql<{ at: number }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at`.execute(db.read)
  const at = rows[0]?.at ?? before
  return [at - clock.now(), at - before]
}
