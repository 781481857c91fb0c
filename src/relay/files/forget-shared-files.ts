import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql, type Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { Schema } from '../../db/schema.ts'
import type { SharedFileVersionRow } from '../../db/shared-file-schema.ts'
import { removeFile } from '../../files/remove-file.ts'
import { lockSharedFiles } from './versions.ts'

/** Versions in one transaction. */
const together = 200

/** Removes versions whose time is over, contents that no version needs any more, and leases that are over. */
export async function forgetSharedFiles(app: App): Promise<void> {
  const now = app.relay.now()
  await app.db.write(tx => tx.deleteFrom('shared_file_leases').where('expires_at', '<=', now).execute())
  for (;;) {
    const over = await app.db.read
      .selectFrom('shared_file_versions')
      .select('workspace_id')
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .limit(1)
      .executeTakeFirst()
    if (!over) return
    while (await forgetSome(app, over.workspace_id, now)) await nextTurn()
  }
}

/** Forgets all up to this one, which says that the file was deleted, unless something has come after it. */
export async function forgetVersions(
  app: App,
  { workspace_id, key, version }: Pick<SharedFileVersionRow, 'workspace_id' | 'key' | 'version'>,
): Promise<void> {
  const now = app.relay.now()
  await app.db.write(tx =>
    tx
      .updateTable('shared_file_versions')
      .set({ expires_at: now })
      .where('workspace_id', '=', workspace_id)
      .where('key', '=', key)
      .where('version', '<=', version)
      .where('expires_at', '>', now)
      .execute(),
  )
  while (await forgetSome(app, workspace_id, now)) await nextTurn()
}

/** Whether there may be more. */
async function forgetSome(app: App, workspaceId: string, now: number): Promise<boolean> {
  const { isMore, unneeded } = await app.db.write(async tx => {
    await lockSharedFiles(app, tx, workspaceId)
    const over = await tx
      .selectFrom('shared_file_versions')
      .select(['key', 'version', 'file_id'])
      // Not by an index of the workspace: all that it has would be looked through for what is over.
      .where(sql`workspace_id || ''`, '=', workspaceId)
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .orderBy('version')
      .limit(together)
      .execute()
    for (const { key, version } of over)
      await tx
        .deleteFrom('shared_file_versions')
        .where('workspace_id', '=', workspaceId)
        .where('key', '=', key)
        .where('version', '=', version)
        .execute()
    return { isMore: over.length === together, unneeded: await leaveUnneeded(tx, over) }
  })
  for (const id of unneeded) await removeFile(app.db, id)
  return isMore
}

/** Contents that the last of their versions has just left. In one transaction with that: nobody takes them up again. */
async function leaveUnneeded(tx: Transaction<Schema>, over: readonly { file_id: string }[]): Promise<string[]> {
  const left = [...new Set(over.map(({ file_id }) => file_id).filter(Boolean))]
  if (!left.length) return []
  const needed = await tx
    .selectFrom('shared_file_versions')
    .select('file_id')
    .distinct()
    .where('file_id', 'in', left)
    .execute()
  const unneeded = left.filter(id => !needed.some(({ file_id }) => file_id === id))
  if (unneeded.length)
    await tx.updateTable('files').set({ state: 'writing', expires_at: 0 }).where('id', 'in', unneeded).execute()
  return unneeded
}
