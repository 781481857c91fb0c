import type { Transaction } from 'kysely'
import { recordAudit, system } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import type { Schema } from '../db/schema.ts'
import { recordEvent } from '../events/record-event.ts'
import { eventOfChange, type Standing } from './connection-state.ts'
import { lockConnection } from './lock-connection.ts'

/**
 * Says how a connection is from now on, in the caller's transaction, and tells of it when that is news. Call it last: it
 * may write to the audit record. The caller clears `app.memory.connections` once it is committed.
 */
export async function setConnectionState(
  app: App,
  tx: Transaction<Schema>,
  connectionId: string,
  { state, reason }: Standing,
): Promise<void> {
  const row = await lockConnection(app, tx, connectionId)
  if (!row || (row.state === state && row.state_reason === reason)) return
  const now = app.clock.now()
  await tx
    .updateTable('connections')
    .set({ state, state_reason: reason, state_at: row.state === state ? row.state_at : now })
    .where('id', '=', connectionId)
    .execute()
  const type = eventOfChange(row.state, state)
  if (!type) return
  const { provider, label, environment } = row
  const about = { workspaceId: row.workspace_id, subject: connectionId }
  await recordEvent(tx, app, { ...about, type, facts: { provider, label, environment, reason } })
  if (type === 'connection.needs_reauth') {
    await recordAudit(tx, now, {
      workspaceId: row.workspace_id,
      actor: system,
      action: type,
      target: connectionId,
      details: { provider, label, reason },
    })
  }
}
