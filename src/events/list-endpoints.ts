import type { Db } from '../db/db.ts'
import { type EndpointView, viewOfEndpoint } from './endpoint.ts'

/** The endpoints of a workspace, oldest first. */
export async function listEndpoints(db: Db, workspaceId: string): Promise<EndpointView[]> {
  const rows = await db.read
    .selectFrom('endpoints')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('id')
    .execute()
  return rows.map(viewOfEndpoint)
}
