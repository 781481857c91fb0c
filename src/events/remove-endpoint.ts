import { type By, recordAudit } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { auditFacts, findEndpoint } from './endpoint.ts'

/** Removes an endpoint, its secret, and its deliveries with what is still on its way. */
export async function removeEndpoint(
  app: App,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: By },
): Promise<{ id: string } | Fault> {
  const now = app.clock.now()
  return app.db.write(async tx => {
    const row = await findEndpoint(tx, workspaceId, id)
    if (row instanceof Fault) return row
    await tx.deleteFrom('deliveries').where('endpoint_id', '=', row.id).execute()
    await tx.deleteFrom('seals').where('id', '=', row.id).execute()
    await tx.deleteFrom('endpoints').where('id', '=', row.id).execute()
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'endpoint.removed',
      target: row.id,
      details: auditFacts(row),
    })
    return { id: row.id }
  })
}
