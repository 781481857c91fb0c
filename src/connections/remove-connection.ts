import type { Transaction } from 'kysely'
import { type By, recordAudit } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Schema } from '../db/schema.ts'
import { recordEvent } from '../events/record-event.ts'
import { findConnection, type Sight } from './list-connections.ts'
import { type Revocation, revokeGrant } from './revoke-grant.ts'
import { tellSession } from './sessions/end-session.ts'

export type RemovedConnection = { id: string } & Revocation

/**
 * Removes one connection and its credential, and touches no other. What the provider gave is ended there first, where that
 * is possible; when it is not, the connection goes all the same. `id` may also be a label that is unique. `endWaiting` ends
 * what waits for this connection in the same transaction, and gives what to do once that is committed.
 */
export async function removeConnection(
  app: App,
  sight: Sight,
  {
    id,
    by,
    endWaiting,
  }: {
    id: string
    by: By
    endWaiting: (tx: Transaction<Schema>, connectionId: string) => Promise<() => void>
  },
): Promise<RemovedConnection | Fault> {
  const row = await findConnection(app, sight, id)
  if (row instanceof Fault) return row
  const { provider, label, environment } = row
  const revocation = await revokeGrant(app, row)
  const now = app.clock.now()
  const done = await app.db.write(async tx => {
    const removed = await tx.deleteFrom('connections').where('id', '=', row.id).executeTakeFirst()
    if (!removed.numDeletedRows) return new Fault('connection_not_found', `There is no connection "${id}".`)
    await tx.deleteFrom('credentials').where('connection_id', '=', row.id).execute()
    const sessions = await failSessions(tx, row.id, now)
    const told = await endWaiting(tx, row.id)
    await recordEvent(tx, app, {
      workspaceId: sight.workspaceId,
      type: 'connection.removed',
      subject: row.id,
      facts: { provider, label, environment, revoked: revocation.revoked },
    })
    await recordAudit(tx, now, {
      workspaceId: sight.workspaceId,
      ...by,
      action: 'connection.removed',
      target: row.id,
      details: { provider, label, environment, account: row.account_label, revoked: revocation.revoked },
    })
    return () => {
      told()
      for (const session of sessions) tellSession(app, session)
    }
  })
  app.memory.connections.clear()
  if (done instanceof Fault) return done
  done()
  return { id: row.id, ...revocation }
}

/** Nobody can reconnect what is gone. */
async function failSessions(tx: Transaction<Schema>, connectionId: string, nowMs: number): Promise<string[]> {
  const ended = await tx
    .updateTable('connect_sessions')
    .set({
      state: 'failed',
      state_hash: '',
      code: 'connection_not_found',
      problem: 'The connection was removed.',
      ended_at: nowMs,
    })
    .where('connection_id', '=', connectionId)
    .where('state', '=', 'awaiting_user')
    .returning('id')
    .execute()
  const ids = ended.map(({ id }) => id)
  if (ids.length) await tx.deleteFrom('seals').where('id', 'in', ids).execute()
  return ids
}
