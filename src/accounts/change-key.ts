import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import type { KeyRow } from '../db/schema.ts'
import { recordAudit } from './audit.ts'
import { type Editor, systemEditor } from './editor.ts'
import { findKey, keyHasEnded } from './find-key.ts'
import { type KeyView, keyView } from './key-view.ts'
import type { Scope } from './scope.ts'

/** What is absent stays; a scope takes the place of the whole one before; null takes a limit away. */
export type KeyChange = {
  scope?: Scope | undefined
  callsPerMinute?: number | null | undefined
  callsPerDay?: number | null | undefined
}

/** Changes what a key may do. Servers notice within a second. */
export async function changeKey(
  db: Db,
  nowMs: number,
  { workspaceId, id, change, by = systemEditor }: { workspaceId: string; id: string; change: KeyChange; by?: Editor },
): Promise<KeyView | Fault> {
  return db.write(async tx => {
    const row = await findKey(tx, { workspaceId, id, by })
    if (row instanceof Fault) return row
    const ended = keyHasEnded(row, nowMs)
    if (ended) return ended
    const changed: KeyRow = {
      ...row,
      ...(change.scope !== undefined && { scope: JSON.stringify(change.scope) }),
      ...(change.callsPerMinute !== undefined && { calls_per_minute: change.callsPerMinute }),
      ...(change.callsPerDay !== undefined && { calls_per_day: change.callsPerDay }),
    }
    const { scope, calls_per_minute, calls_per_day } = changed
    await tx.updateTable('keys').set({ scope, calls_per_minute, calls_per_day }).where('id', '=', row.id).execute()
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: by.actor,
      action: 'key.changed',
      target: row.id,
      address: by.address ?? '',
      details: { scope, callsPerMinute: calls_per_minute, callsPerDay: calls_per_day },
    })
    return keyView(changed, nowMs)
  })
}
