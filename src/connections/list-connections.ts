import { allowsConnection, type Scope } from '../accounts/scope.ts'
import type { Db } from '../db/db.ts'
import { type Connection, connectionOf } from './connection.ts'

export type ConnectionFilter = {
  provider?: string | undefined
  environment?: 'live' | 'test' | undefined
  /** Only what a key of this scope sees. */
  scope?: Scope | undefined
}

/** The workspace's connections, oldest first. */
export async function listConnections(
  db: Db,
  workspaceId: string,
  filter: ConnectionFilter = {},
): Promise<Connection[]> {
  const { provider, environment, scope = {} } = filter
  const rows = await db.read
    .selectFrom('connections')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .$if(environment !== undefined, q => q.where('environment', '=', environment ?? 'live'))
    .orderBy('id')
    .execute()
  return rows
    .filter(row => (provider === undefined || row.provider === provider) && allowsConnection(scope, row))
    .map(connectionOf)
}
