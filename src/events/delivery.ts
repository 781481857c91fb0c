import type { Kysely } from 'kysely'
import { Fault } from '../core/errors.ts'
import type { Db } from '../db/db.ts'
import type { DeliveryRow, EventRow, Schema } from '../db/schema.ts'
import { type Event, viewOfEvent } from './list-events.ts'

/** One event on its way to one endpoint. */
export type DeliveryView = {
  id: string
  endpointId: string
  eventId: string
  type: string
  state: DeliveryRow['state']
  /** How often it was sent since it was made or replayed. */
  attempts: number
  /** HTTP status of the last answer; null when there was none. */
  status: number | null
  /** Why the last try failed; empty when it did not. */
  problem: string
  createdAt: string
  /** When it is tried next; null when it has ended. */
  nextAt: string | null
  endedAt: string | null
}

export type DeliveryWithEvent = DeliveryView & { event: Event }

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export function viewOfDelivery(row: DeliveryRow & { type: string }): DeliveryView {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    status: row.status || null,
    problem: row.problem,
    createdAt: new Date(row.created_at).toISOString(),
    nextAt: iso(row.next_at),
    endedAt: iso(row.ended_at),
  }
}

/** Deliveries with the type of their event, which is there as long as they are. */
export const selectDeliveries = (db: Kysely<Schema>) =>
  db
    .selectFrom('deliveries')
    .innerJoin('events', join =>
      join.onRef('events.id', '=', 'deliveries.event_id').onRef('events.workspace_id', '=', 'deliveries.workspace_id'),
    )
    .selectAll('deliveries')
    .select('events.type')

/** One delivery of the workspace, with the event that it brings. */
export async function getDelivery(db: Db, workspaceId: string, id: string): Promise<DeliveryWithEvent | Fault> {
  const row = await selectDeliveries(db.read)
    .select(['events.subject', 'events.facts', 'events.at'])
    .where('deliveries.workspace_id', '=', workspaceId)
    .where('deliveries.id', '=', id)
    .executeTakeFirst()
  if (!row) return noDelivery()
  const event: EventRow = { ...row, id: row.event_id }
  return { ...viewOfDelivery(row), event: viewOfEvent(event) }
}

export const noDelivery = () =>
  new Fault('not_found', 'There is no such delivery.', { fix: 'List the deliveries and use one of their ids.' })
