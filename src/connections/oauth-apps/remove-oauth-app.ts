import { type By, recordAudit } from '../../accounts/audit.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import { connectionCounts, findApp } from './oauth-app.ts'

/**
 * Removes an OAuth app and its secrets. One that connections use is kept, unless that is forced: they cannot be renewed then,
 * and each has to be reconnected.
 */
export async function removeOAuthApp(
  app: App,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: By },
  { force = false }: { force?: boolean } = {},
): Promise<{ id: string; connections: number } | Fault> {
  return app.db.write(async tx => {
    await lockWorkspace(tx, workspaceId)
    const row = await findApp(tx, workspaceId, id)
    if (row instanceof Fault) return row
    const connections = (await connectionCounts(tx, workspaceId)).get(row.id) ?? 0
    if (connections > 0 && !force) {
      const many = connections === 1 ? 'One connection uses' : `${connections} connections use`
      return new Fault('conflict', `${many} the OAuth app "${row.label}".`, {
        fix: 'Remove them first, or force it (?force=true, --force): they then have to be reconnected.',
      })
    }
    await tx.deleteFrom('oauth_apps').where('id', '=', row.id).execute()
    await tx.deleteFrom('seals').where('id', '=', row.id).where('workspace_id', '=', workspaceId).execute()
    await recordAudit(tx, app.clock.now(), {
      workspaceId,
      ...by,
      action: 'oauth_app.removed',
      target: row.id,
      details: { registration: row.registration, label: row.label, connections },
    })
    return { id: row.id, connections }
  })
}
