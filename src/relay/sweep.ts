import { sql } from 'kysely'
import type { App } from '../app.ts'
import { mailboxTopic } from './wake.ts'

/** What the last sweep has seen. `seq`: of messages up to this number everything, see `Settled`. */
export type SweepMark = { at: number; seq: number }

/** The first one looks back so far, for what came since the process began. */
const firstLooksBack = 1_000

/**
 * Wakes whoever waits here for what nobody may have told this process of: leases of others that are over, and messages that other
 * processes have stored. PostgreSQL tells of these sooner, unless their process dies before or the connection breaks. Costs a
 * few small queries, however many are waiting.
 */
export async function sweepOnce(app: App, mark?: SweepMark): Promise<SweepMark> {
  const { db, relay, wakes } = app
  const now = relay.now()
  const over = await db.read
    .selectFrom('relay_messages')
    .select('mailbox')
    .distinct()
    .where('state', '=', sql.lit('waiting'))
    // As the index of leases says it, or SQLite reads all that waits.
    .where('lease_until', '>', sql.lit(0))
    .where('lease_until', '>', mark?.at ?? 0)
    .where('lease_until', '<=', now)
    .execute()
  for (const { mailbox } of over) wakes.emit(mailboxTopic(mailbox))
  if (db.dialect === 'sqlite') return { at: now, seq: 0 }
  const seq = await relay.settled()
  const fresh = await db.read
    .selectFrom('relay_messages')
    .select('mailbox')
    .distinct()
    .where('seq', '>', mark?.seq ?? seq - firstLooksBack)
    .where('state', '=', sql.lit('waiting'))
    .execute()
  for (const { mailbox } of fresh) wakes.emit(mailboxTopic(mailbox))
  return { at: now, seq }
}
