import type { App } from '../../app.ts'
import { connectionCounts, type OAuthAppView, viewOfApp } from './oauth-app.ts'
import { registrationsIn } from './registrations.ts'

/** The OAuth apps of a workspace, oldest first. */
export async function listOAuthApps(
  { db, catalog }: Pick<App, 'db' | 'catalog'>,
  workspaceId: string,
): Promise<OAuthAppView[]> {
  const rows = await db.read
    .selectFrom('oauth_apps')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('id')
    .execute()
  const counts = await connectionCounts(db.read, workspaceId)
  const known = registrationsIn(catalog)
  return rows.map(row =>
    viewOfApp(row, known.get(row.registration)?.app.name ?? row.registration, counts.get(row.id) ?? 0),
  )
}
