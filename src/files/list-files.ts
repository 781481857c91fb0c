import type { App } from '../app.ts'
import { type File, fileOf, type Whose } from './file.ts'

/** These files, newest first. `before`: the id of the last one of the page before. */
export async function listFiles(
  app: App,
  { workspaceId, agentId }: Whose,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<{ items: File[]; next: string | null }> {
  let rows = app.db.read
    .selectFrom('files')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'ready')
    .where('expires_at', '>', app.clock.now())
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (agentId !== undefined) rows = rows.where('agent_id', '=', agentId)
  if (before !== undefined) rows = rows.where('id', '<', before)
  const found = await rows.execute()
  const items = found.slice(0, limit).map(fileOf)
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}
