import { type By, recordAudit } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import { type Connection, connectionOf } from './connection.ts'
import { labelFault, labelTaken } from './connection-label.ts'
import { findConnection, type Sight } from './list-connections.ts'
import { clearOtherDefaults } from './save-connection.ts'

/** What is absent stays. Of one provider and environment one connection at most is the default. */
export type ConnectionChange = { label?: string | undefined; isDefault?: boolean | undefined }

/** Renames a connection, makes it the default, or lets it be none. `id` may also be a label that is unique. */
export async function changeConnection(
  app: App,
  sight: Sight,
  { id, change, by }: { id: string; change: ConnectionChange; by: By },
): Promise<Connection | Fault> {
  const wrong = labelFault(change.label)
  if (wrong) return wrong
  const found = await findConnection(app, sight, id)
  if (found instanceof Fault) return found
  if (change.label === undefined && change.isDefault === undefined) return connectionOf(app, found)
  const label = change.label?.trim() ?? found.label
  const isDefault = change.isDefault ?? found.is_default === 1
  const row = { ...found, label, is_default: isDefault ? 1 : 0 }
  const fault = await app.db.write(async tx => {
    await lockWorkspace(tx, sight.workspaceId)
    const taken = await tx
      .selectFrom('connections')
      .select('id')
      .where('workspace_id', '=', sight.workspaceId)
      .where('provider', '=', row.provider)
      .where('label', '=', label)
      .where('id', '!=', row.id)
      .executeTakeFirst()
    if (taken) return labelTaken(row.provider, label, 'Choose another label.')
    const changed = await tx
      .updateTable('connections')
      .set({
        ...(change.label !== undefined && { label }),
        ...(change.isDefault !== undefined && { is_default: row.is_default }),
      })
      .where('id', '=', row.id)
      .executeTakeFirst()
    if (!changed.numUpdatedRows) return new Fault('connection_not_found', `There is no connection "${id}".`)
    if (change.isDefault) await clearOtherDefaults(tx, row)
    await recordAudit(tx, app.clock.now(), {
      workspaceId: sight.workspaceId,
      ...by,
      action: 'connection.changed',
      target: row.id,
      details: { provider: row.provider, from: found.label, label, isDefault },
    })
    return undefined
  })
  app.memory.connections.clear()
  return fault ?? connectionOf(app, row)
}
