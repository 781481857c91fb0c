import { type By, recordAudit } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import { findEndpoint } from './endpoint.ts'
import { renewSecret } from './endpoint-secret.ts'

const hourMs = 60 * 60 * 1000

/**
 * Gives an endpoint a new secret, which is shown only here. Deliveries carry a signature by the old one too for
 * `overlapHours`, so that the receiver can change over without losing any.
 */
export async function replaceSecret(
  app: App,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: By },
  { overlapHours }: { overlapHours: number },
): Promise<{ id: string; secret: string; oldUntil: string } | Fault> {
  const now = app.clock.now()
  const oldUntil = now + overlapHours * hourMs
  return app.db.write(async tx => {
    await lockWorkspace(tx, workspaceId)
    const row = await findEndpoint(tx, workspaceId, id)
    if (row instanceof Fault) return row
    const secret = await renewSecret(tx, app.vault, row, { nowMs: now, oldUntil })
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'endpoint.secret_replaced',
      target: row.id,
      details: { overlapHours },
    })
    return { id: row.id, secret: secret.reveal(), oldUntil: new Date(oldUntil).toISOString() }
  })
}
