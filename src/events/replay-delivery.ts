import { type By, recordAudit } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { type DeliveryWithEvent, getDelivery, noDelivery } from './delivery.ts'
import { findEndpoint } from './endpoint.ts'
import { deliverKind } from './queue-delivery.ts'
import { turnedOff } from './test-endpoint.ts'

/** Sends a delivery that has ended once more, with all its tries, under the same message id. */
export async function replayDelivery(
  app: App,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: By },
): Promise<DeliveryWithEvent | Fault> {
  const now = app.clock.now()
  const replayed = await app.db.write(async tx => {
    const row = await tx
      .selectFrom('deliveries')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) return noDelivery()
    const endpoint = await findEndpoint(tx, workspaceId, row.endpoint_id)
    if (endpoint instanceof Fault) return endpoint
    if (endpoint.state === 'off') return turnedOff()
    const { numUpdatedRows } = await tx
      .updateTable('deliveries')
      .set({ state: 'waiting', attempts: 0, status: 0, problem: '', next_at: now, ended_at: null })
      .where('id', '=', row.id)
      .where('state', '!=', 'waiting')
      .executeTakeFirst()
    if (numUpdatedRows === 0n)
      return new Fault('conflict', 'It is on its way already.', { fix: 'Wait until it has ended.' })
    await enqueue(app, tx, { workspaceId, kind: deliverKind, subject: row.id })
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'delivery.replayed',
      target: row.id,
      details: { endpoint: row.endpoint_id, event: row.event_id },
    })
    return row.id
  })
  return replayed instanceof Fault ? replayed : getDelivery(app.db, workspaceId, replayed)
}
