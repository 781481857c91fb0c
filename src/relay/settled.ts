import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db } from '../db/db.ts'

/**
 * A number of a message up to which a reader may go on for good: from now on none with that number or a smaller one comes into
 * sight any more. It covers all that was stored before it was asked for, unless somebody is still writing after `waitMs`.
 */
export type Settled = () => Promise<number>

/** Who writes is done within milliseconds. One that hangs holds up readers, and must not hold up those who ask them. */
const waitMs = 500
const everyMs = 5

/**
 * PostgreSQL numbers a message when it is inserted, and shows it when its transaction is committed: a reader that has seen a
 * number may not have seen all smaller ones. So it lets those end who are writing just now. Who inserts locks the table first
 * (ROW EXCLUSIVE, as every write does), then draws a number, and gives up the lock once the row is in sight: so writers are seen
 * in the server's list of locks, and pay nothing for it. SQLite has one writer at a time.
 */
export function createSettled({ dialect, read }: Db): Settled {
  if (dialect === 'sqlite') return async () => Number.MAX_SAFE_INTEGER
  let settled = 0
  let looking: Promise<unknown> = Promise.resolve()
  let next: Promise<number> | undefined

  async function look(): Promise<number> {
    const last = await lastSeq(read)
    if (last <= settled) return settled
    // After the number: whoever has drawn a smaller one is among them, or done.
    let writing = await writers(read)
    for (const end = Date.now() + waitMs; writing.size && Date.now() < end; await setTimeout(everyMs))
      writing = writing.intersection(await writers(read))
    if (!writing.size) settled = last
    return settled
  }

  // One look for all who ask before it begins.
  return () => {
    next ??= looking.then(() => {
      next = undefined
      return look()
    })
    looking = next.catch(() => undefined)
    return next
  }
}

async function lastSeq(read: Db['read']): Promise<number> {
  const row = await read
    .selectFrom('relay_messages')
    .select(({ fn }) => fn.max<number | null>('seq').as('seq'))
    .executeTakeFirst()
  return row?.seq ?? 0
}

/** The transactions that have written messages, or are about to. */
async function writers(read: Db['read']): Promise<Set<string>> {
  const { rows } = await sql<{ by: string }>`
    select distinct virtualtransaction as by from pg_locks
    where locktype = 'relation' and relation = 'relay_messages'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())`.execute(read)
  return new Set(rows.map(({ by }) => by))
}
