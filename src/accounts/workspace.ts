import { newId } from '../core/ids.ts'
import type { Db } from '../db/db.ts'

const firstWorkspace = 'first_workspace'

/**
 * The id of the workspace that a new database starts with. Made once, whichever process comes first: the setting is
 * claimed in the same transaction.
 */
export async function ensureWorkspace(db: Db, nowMs: number): Promise<string> {
  const known = await db.read
    .selectFrom('settings')
    .select('value')
    .where('name', '=', firstWorkspace)
    .executeTakeFirst()
  if (known) return known.value
  return db.write(async tx => {
    const id = newId('ws', nowMs)
    const claimed = await tx
      .insertInto('settings')
      .values({ name: firstWorkspace, value: id })
      .onConflict(on => on.doNothing())
      .executeTakeFirst()
    if (claimed.numInsertedOrUpdatedRows === 1n) {
      await tx.insertInto('workspaces').values({ id, name: 'Home', created_at: nowMs }).execute()
      return id
    }
    const { value } = await tx
      .selectFrom('settings')
      .select('value')
      .where('name', '=', firstWorkspace)
      .executeTakeFirstOrThrow()
    return value
  })
}
