import { personActor, recordAudit } from '../../accounts/audit.ts'
import type { App } from '../../app.ts'
import type { Provider } from '../../catalog/catalog.ts'
import { Fault } from '../../core/errors.ts'
import type { ConnectionRow } from '../../db/schema.ts'
import type { Proven } from '../prove-fields.ts'
import { saveConnection } from '../save-connection.ts'
import type { BoundSession } from './bound-session.ts'
import { endSession, tellSession } from './end-session.ts'

/** What a try came to, proven by a live call. */
export type ProvenTry = Proven & { provider: Provider; oauthAppId?: string; label: string; makeDefault: boolean }

/**
 * Saves what was proven and ends the session, in one transaction: a session ends with exactly one connection, made or
 * reconnected, however often and wherever this is tried.
 */
export async function finishConnecting(
  app: App,
  { row, member }: BoundSession,
  { label, ...proven }: ProvenTry,
  address: string,
): Promise<ConnectionRow | Fault> {
  const now = app.clock.now()
  const saved = await saveConnection(app, {
    ...proven,
    workspaceId: row.workspace_id,
    environment: row.environment,
    connectionId: row.connection_id || undefined,
    label: label || undefined,
    createdBy: member.personId,
    async also(tx, { id, label: called, account_label }) {
      const over = await endSession(tx, now, { id: row.id, state: 'connected', connectionId: id })
      if (over) return over
      await recordAudit(tx, now, {
        workspaceId: row.workspace_id,
        actor: personActor(member),
        action: row.connection_id ? 'connection.reconnected' : 'connection.added',
        target: id,
        address,
        details: {
          provider: row.provider,
          environment: row.environment,
          label: called,
          account: account_label,
          way: proven.auth.id,
          session: row.id,
          askedBy: row.asked_by_name,
        },
      })
      return undefined
    },
  })
  if (!(saved instanceof Fault)) tellSession(app, row.id)
  return saved
}
