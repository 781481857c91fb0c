/** The table `breakers`: what the processes of one ClawLink tell each other of accounts whose provider is down. */
import type { Kysely, Transaction } from 'kysely'
import type { BreakerRow, Schema } from '../../db/schema.ts'
import type { Breaker } from './breaker.ts'

type Tx = Transaction<Schema>

const rowsMax = 10_000
const forgottenMs = 24 * 60 * 60_000

/** Those that are not closed. */
export function openRows(db: Kysely<Schema>): Promise<BreakerRow[]> {
  return db.selectFrom('breakers').selectAll().limit(rowsMax).execute()
}

export function breakerOf({ open_until, probe_until }: BreakerRow, nowMs: number): Breaker {
  return probe_until > nowMs ? { state: 'half-open', probeUntil: probe_until } : { state: 'open', until: open_until }
}

/** Opens a breaker. True when it was closed for all processes; another one's opening is made longer, and never shorter. */
export async function openRow(
  tx: Tx,
  { key, workspaceId, until, nowMs }: { key: string; workspaceId: string; until: number; nowMs: number },
): Promise<boolean> {
  const row = { connection_id: key, workspace_id: workspaceId, open_until: until, changed_at: nowMs }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('breakers')
    .values({ ...row, probe_owner: '', probe_until: 0 })
    .onConflict(conflict => conflict.column('connection_id').doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows) return true
  await tx
    .updateTable('breakers')
    .set({ open_until: until, changed_at: nowMs })
    .where('connection_id', '=', key)
    .where('open_until', '<', until)
    .execute()
  return false
}

/** Takes the one try of a breaker whose time is over. Otherwise how it stands by now; undefined: it is closed. */
export async function claimProbe(
  tx: Tx,
  { key, owner, nowMs, until }: { key: string; owner: string; nowMs: number; until: number },
): Promise<'claimed' | BreakerRow | undefined> {
  const { numUpdatedRows } = await tx
    .updateTable('breakers')
    .set({ probe_owner: owner, probe_until: until, changed_at: nowMs })
    .where('connection_id', '=', key)
    .where('open_until', '<=', nowMs)
    .where('probe_until', '<=', nowMs)
    .executeTakeFirst()
  if (numUpdatedRows) return 'claimed'
  return tx.selectFrom('breakers').selectAll().where('connection_id', '=', key).executeTakeFirst()
}

/** After a try of `owner` that says that it is not over: nobody tries before `until`. */
export async function endProbe(
  tx: Tx,
  { key, owner, until, nowMs }: { key: string; owner: string; until: number; nowMs: number },
): Promise<void> {
  await tx
    .updateTable('breakers')
    .set({ open_until: until, probe_owner: '', probe_until: 0, changed_at: nowMs })
    .where('connection_id', '=', key)
    .where('probe_owner', '=', owner)
    .execute()
}

/** After a good try of `owner`. False when it had taken too long, so that another one tries by now. */
export async function closeRow(tx: Tx, { key, owner }: { key: string; owner: string }): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('breakers')
    .where('connection_id', '=', key)
    .where('probe_owner', '=', owner)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Accounts that nobody has called for a day: what was said of their provider then holds no longer. */
export async function forgetBreakers(tx: Tx, nowMs: number): Promise<void> {
  await tx
    .deleteFrom('breakers')
    .where('changed_at', '<', nowMs - forgottenMs)
    .execute()
}
