import type { Db } from '../db/db.ts'
import type { DeliveryRow } from '../db/schema.ts'
import { type DeliveryView, selectDeliveries, viewOfDelivery } from './delivery.ts'

export type DeliveryFilter = {
  endpoint?: string | undefined
  state?: DeliveryRow['state'] | undefined
  /** The id of the last delivery of the page before. */
  before?: string | undefined
  limit: number
}

/** The deliveries of a workspace, newest first, and where the next page starts. */
export async function listDeliveries(
  db: Db,
  workspaceId: string,
  { endpoint, state, before, limit }: DeliveryFilter,
): Promise<{ items: DeliveryView[]; next: string | null }> {
  const rows = await selectDeliveries(db.read)
    .where('deliveries.workspace_id', '=', workspaceId)
    .$if(endpoint !== undefined, q => q.where('deliveries.endpoint_id', '=', endpoint ?? ''))
    .$if(state !== undefined, q => q.where('deliveries.state', '=', state ?? 'waiting'))
    .$if(before !== undefined, q => q.where('deliveries.id', '<', before ?? ''))
    .orderBy('deliveries.id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(viewOfDelivery)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}
