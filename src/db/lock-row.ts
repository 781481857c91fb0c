import type { Transaction } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * Whoever changes what has to stay consistent about this row waits here for the others who do. Locks it on PostgreSQL until the
 * transaction ends; on SQLite writers take turns anyway.
 */
export async function lockRow(tx: Transaction<Schema>, table: 'workspaces' | 'people', id: string): Promise<void> {
  await tx
    .updateTable(table)
    .set(({ ref }) => ({ name: ref('name') }))
    .where('id', '=', id)
    .execute()
}
