import type { Transaction } from 'kysely'
import { firstId } from '../core/ids.ts'
import type { Schema } from '../db/schema.ts'

const keptMs = 30 * 24 * 60 * 60 * 1000

/** Removes deliveries that ended more than 30 days ago, and events as old as that which nobody still waits for. */
export async function forgetEvents(tx: Transaction<Schema>, nowMs: number): Promise<void> {
  await tx
    .deleteFrom('deliveries')
    .where('ended_at', '<=', nowMs - keptMs)
    .execute()
  await tx
    .deleteFrom('events')
    // Their key begins with the workspace.
    .where('workspace_id', 'in', ({ selectFrom }) => selectFrom('workspaces').select('id'))
    .where('id', '<', firstId('evt', nowMs - keptMs))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('deliveries').select('deliveries.id').whereRef('deliveries.event_id', '=', 'events.id'))),
    )
    .execute()
}
