import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { newId } from '../core/ids.ts'
import type { DeliveryRow, EndpointRow, EventRow, Schema } from '../db/schema.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { wantsType } from './endpoint.ts'

/** The kind of job that brings one delivery on its way; its subject is the delivery's id. */
export const deliverKind = 'deliver'

/** A delivery for each endpoint of the workspace that is on and wants this event, in the caller's transaction. */
export async function queueDeliveries(tx: Transaction<Schema>, app: App, event: EventRow): Promise<void> {
  const endpoints = await tx
    .selectFrom('endpoints')
    .select(['id', 'types'])
    .where('workspace_id', '=', event.workspace_id)
    .where('state', '=', 'on')
    .execute()
  for (const endpoint of endpoints) if (wantsType(endpoint, event.type)) await queueDelivery(tx, app, event, endpoint)
}

/** One delivery of an event to an endpoint, with the job that brings it. */
export async function queueDelivery(
  tx: Transaction<Schema>,
  app: App,
  event: EventRow,
  { id: endpointId }: Pick<EndpointRow, 'id'>,
): Promise<DeliveryRow> {
  const now = app.clock.now()
  const row: DeliveryRow = {
    id: newId('dlv', now),
    workspace_id: event.workspace_id,
    endpoint_id: endpointId,
    event_id: event.id,
    state: 'waiting',
    attempts: 0,
    status: 0,
    problem: '',
    created_at: now,
    next_at: now,
    ended_at: null,
  }
  await tx.insertInto('deliveries').values(row).execute()
  await enqueue(app, tx, { workspaceId: row.workspace_id, kind: deliverKind, subject: row.id })
  return row
}
