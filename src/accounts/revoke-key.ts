import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'

/** Ends a key for good. Servers notice within a second. Revoking it again changes nothing. */
export async function revokeKey(db: Db, workspaceId: string, id: string, nowMs: number): Promise<Fault | undefined> {
  const found = await db.write(async tx => {
    const row = await tx
      .selectFrom('keys')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .executeTakeFirst()
    await tx
      .updateTable('keys')
      .set({ revoked_at: nowMs })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .execute()
    return row
  })
  return found
    ? undefined
    : new Fault('not_found', `There is no key ${id}.`, { fix: '`clawlink keys list` shows all keys.' })
}
