import type { Environment } from '../accounts/principal.ts'
import { allowsConnection, type Scope } from '../accounts/scope.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'

/** Removes one connection and its credential, and touches no other. `id` may also be a label that is unique.
 * With an environment or a scope, only a connection within them. */
export async function removeConnection(
  app: App,
  { workspaceId, environment, scope = {} }: { workspaceId: string; environment?: Environment; scope?: Scope },
  id: string,
): Promise<{ id: string } | Fault> {
  const removed = await app.db.write(async tx => {
    const all = await tx
      .selectFrom('connections')
      .select(['id', 'label', 'provider', 'environment'])
      .where('workspace_id', '=', workspaceId)
      .execute()
    const usable = all.filter(
      row => (environment === undefined || row.environment === environment) && allowsConnection(scope, row),
    )
    const byId = usable.filter(row => row.id === id)
    const rows = byId.length ? byId : usable.filter(row => row.label === id)
    const [row] = rows
    if (!row) return new Fault('connection_not_found', `There is no connection "${id}".`)
    if (rows.length > 1) {
      return new Fault('ambiguous_connection', `Several connections are labelled "${id}".`, {
        choices: rows.map(each => `${each.id} (${each.provider})`),
        fix: 'Name the connection by its id.',
      })
    }
    await tx.deleteFrom('credentials').where('connection_id', '=', row.id).execute()
    await tx.deleteFrom('connections').where('id', '=', row.id).execute()
    return { id: row.id }
  })
  app.memory.connections.clear()
  return removed
}
