import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { checkKey, keysBelow } from './key.ts'
import { type SharedFile, viewsOf } from './shared-file.ts'
import { noSharedFile, versionsOf } from './versions.ts'

/** The shared files that there are, in the order of their keys. `after`: the key of the last one of the page before. */
export async function listSharedFiles(
  app: App,
  workspaceId: string,
  { prefix = '', after = '', limit }: { prefix?: string | undefined; after?: string | undefined; limit: number },
): Promise<{ items: SharedFile[]; next: string | null }> {
  const { from, to } = keysBelow(prefix)
  const rows = await app.db.read
    .selectFrom('shared_file_versions')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('latest', '=', 1)
    .where('change', '!=', 'delete')
    .where('key', '>=', from)
    .where('key', '<', to)
    .where('key', '>', after)
    .orderBy('key')
    .limit(limit + 1)
    .execute()
  const items = await viewsOf(app, workspaceId, rows.slice(0, limit))
  return { items, next: rows.length > limit ? (items.at(-1)?.key ?? null) : null }
}

/** The versions of a shared file, newest first. `before`: the last one of the page before. */
export async function historyOf(
  app: App,
  workspaceId: string,
  asked: { key: string; before?: number | undefined; limit: number },
): Promise<{ items: SharedFile[]; next: number | null } | Fault> {
  const key = checkKey(asked.key)
  if (key instanceof Fault) return key
  const { before, limit } = asked
  const rows = await versionsOf(app.db.read, workspaceId, key)
    .$if(before !== undefined, query => query.where('version', '<', before ?? 0))
    .orderBy('version', 'desc')
    .limit(limit + 1)
    .execute()
  if (!rows.length && before === undefined) return noSharedFile(key)
  const items = await viewsOf(app, workspaceId, rows.slice(0, limit))
  return { items, next: rows.length > limit ? (items.at(-1)?.version ?? null) : null }
}
