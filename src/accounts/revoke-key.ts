import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import { recordAudit } from './audit.ts'
import { type Editor, systemEditor } from './editor.ts'
import { findKey } from './find-key.ts'

/** Ends a key for good. Servers notice within a second. Revoking it again changes nothing. */
export async function revokeKey(
  db: Db,
  nowMs: number,
  { workspaceId, id, by = systemEditor }: { workspaceId: string; id: string; by?: Editor },
): Promise<Fault | undefined> {
  return db.write(async tx => {
    const row = await findKey(tx, { workspaceId, id, by })
    if (row instanceof Fault) return row
    const ended = await tx
      .updateTable('keys')
      .set({ revoked_at: nowMs })
      .where('id', '=', row.id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (ended.numUpdatedRows)
      await recordAudit(tx, nowMs, {
        workspaceId,
        actor: by.actor,
        action: 'key.revoked',
        target: row.id,
        address: by.address ?? '',
      })
    return undefined
  })
}
