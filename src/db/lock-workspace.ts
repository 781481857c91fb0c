import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * Whoever changes what has to stay consistent in a workspace, such as labels, defaults, roles and rules, waits here for the
 * others who do. Locks the row on PostgreSQL until the transaction ends; on SQLite writers take turns anyway.
 */
export async function lockWorkspace(tx: Transaction<Schema>, workspaceId: string): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set(({ ref }) => ({ name: ref('name') }))
    .where('id', '=', workspaceId)
    .execute()
}
