/** The table of idempotency keys. A key has its row from the moment that a call under it may reach the provider or a member. */
import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Ending } from '../../core/outcome.ts'
import type { Db } from '../../db/db.ts'
import type { Schema } from '../../db/schema.ts'
import { leaseMs } from '../../jobs/lease.ts'
import type { Call, EndedCall, Keyed, ReadyCall } from '../call.ts'
import { callRow } from '../call-row.ts'
import { digestOf } from '../digest.ts'
import { isForGood, type KeyedRow } from './key-state.ts'

/** The key and its call, as they are committed. */
export function findKey({ db }: App, id: string): Promise<KeyedRow | undefined> {
  return selectKeys(db).where('idempotency_keys.id', '=', id).executeTakeFirst()
}

/** Up to `limit` keys whose calls were cut off, and that nobody has asked about since `beforeMs`. */
export function findAbandoned({ db }: App, beforeMs: number, limit: number): Promise<KeyedRow[]> {
  return selectKeys(db)
    .where('idempotency_keys.expires_at', 'is', null)
    .where('idempotency_keys.owner', '!=', '')
    .where('idempotency_keys.lease_until', '<=', beforeMs)
    .limit(limit)
    .execute()
}

function selectKeys({ read }: Db) {
  return read
    .selectFrom('idempotency_keys')
    .innerJoin('calls', 'calls.id', 'idempotency_keys.call_id')
    .selectAll('calls')
    .select([
      'idempotency_keys.owner',
      'idempotency_keys.lease_until',
      'idempotency_keys.digest as key_digest',
      'idempotency_keys.expires_at as key_expires_at',
    ])
}

/**
 * Takes the key for this call and commits that it may reach the provider from now on. False when another call has the key;
 * then nothing of this one is to be sent.
 */
export async function takeKey(app: App, ready: ReadyCall): Promise<boolean> {
  const { call } = ready
  const digest = digestOf(ready)
  const row = callRow(ready, {
    digest: digest instanceof Fault ? '' : digest, // fits nothing, so that it would never be repeated
    state: 'sending',
    sentAt: app.clock.now(),
  })
  return app.db.write(async tx => {
    if (!(await insertKey(app, tx, call, { callId: row.id, parked: false }))) return false
    await tx.insertInto('calls').values(row).execute()
    return true
  })
}

/** Binds the key of this call, if it has one, to a call that is parked. False when another call has the key. */
export async function insertKey(
  app: App,
  tx: Transaction<Schema>,
  { keyed, principal }: Call,
  { callId, parked }: { callId: string; parked: boolean },
): Promise<boolean> {
  if (!keyed) return true
  const { id, digest, owner } = keyed
  const now = app.clock.now()
  await tx.deleteFrom('idempotency_keys').where('id', '=', id).where('expires_at', '<=', now).execute()
  const row = { id, workspace_id: principal.workspaceId, call_id: callId, digest, expires_at: null }
  const lease = parked ? { owner: '', lease_until: 0 } : { owner, lease_until: now + leaseMs }
  const inserted = await tx
    .insertInto('idempotency_keys')
    .values({ ...row, ...lease })
    .onConflict(on => on.doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/** What a call comes to whose key another one took in the meantime: it has no id, since nothing became of it. */
export function overtaken(app: App, { principal, startedAt, request }: Call): EndedCall {
  app.keyLimits.end(principal, startedAt)
  const fault = new Fault('in_progress', 'Another call has this idempotency key.')
  return { id: '', tool: request.tool, outcome: { kind: 'parked', fault }, coerced: [] }
}

/** Takes over the key of a run that was cut off. Of several who try, one does. */
export async function takeOverKey(app: App, row: KeyedRow, owner: string): Promise<boolean> {
  const changed = await app.db.write(tx =>
    tx
      .updateTable('idempotency_keys')
      .set({ owner, lease_until: app.clock.now() + leaseMs })
      .where('call_id', '=', row.id)
      .where('owner', '=', row.owner)
      .where('lease_until', '=', row.lease_until)
      .executeTakeFirst(),
  )
  return changed.numUpdatedRows === 1n
}

/** Holds the key until this time; an earlier one gives it back. Nothing happens when it is another's by now. */
export async function holdKey(app: App, { id, owner }: Keyed, untilMs: number): Promise<void> {
  await app.db.write(tx =>
    tx
      .updateTable('idempotency_keys')
      .set({ lease_until: untilMs })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .execute(),
  )
}

/** Ends every lease: for a process that knows itself to be the only one, before it takes calls. */
export async function endKeyLeases(db: Db): Promise<void> {
  await db.write(tx => tx.updateTable('idempotency_keys').set({ lease_until: 0 }).where('owner', '!=', '').execute())
}

/** What the end of a call means for the keys it was made under, in the transaction that ends it. */
export async function settleKeys(
  tx: Transaction<Schema>,
  { callId, outcome, expiresAt }: { callId: string; outcome: Ending; expiresAt: number },
): Promise<void> {
  if (!isForGood(outcome)) await tx.deleteFrom('idempotency_keys').where('call_id', '=', callId).execute()
  else
    await tx
      .updateTable('idempotency_keys')
      .set({ owner: '', lease_until: 0, expires_at: expiresAt })
      .where('call_id', '=', callId)
      .execute()
}

/** Removes keys whose time is over, and what is left of calls that ended by then and that no member was asked about. */
export async function forgetKeys(
  tx: Transaction<Schema>,
  { nowMs, endedBeforeMs }: { nowMs: number; endedBeforeMs: number },
): Promise<void> {
  await tx.deleteFrom('idempotency_keys').where('expires_at', '<=', nowMs).execute()
  await tx
    .deleteFrom('calls')
    .where('ended_at', '<=', endedBeforeMs)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('approvals').select('approvals.id').whereRef('approvals.call_id', '=', 'calls.id'))),
    )
    .execute()
}
