import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { newId } from '../core/ids.ts'
import type { EventRow, Schema } from '../db/schema.ts'
import { queueDeliveries } from './queue-delivery.ts'

/** Everything that is told: noun and past participle. */
export const eventTypes = [
  'connection.connected',
  'connection.reconnected',
  'connection.needs_reauth',
  'connection.recovered',
  'connection.degraded',
  'connection.expiring',
  'connection.missing_scope',
  'connection.removed',
  'call.ended',
  'tool.output_mismatch',
  'breaker.opened',
  'breaker.closed',
  'file.changed',
  'file.deleted',
  'endpoint.disabled',
  'endpoint.test',
] as const

export type EventType = (typeof eventTypes)[number]

/** Plain texts and numbers; nothing secret, no argument and no answer of a call: they leave ClawLink as they are. */
export type EventFacts = Record<string, string | number | boolean | null>

/** `subject`: the id of the thing that it happened to. */
export type NewEvent = { workspaceId: string; type: EventType; subject: string; facts: EventFacts }

/**
 * Notes that something happened, in the transaction in which it does, with a delivery to each endpoint that wants to know:
 * all of it is stored, or nothing is.
 */
export async function recordEvent(tx: Transaction<Schema>, app: App, event: NewEvent): Promise<void> {
  const row = await insertEvent(tx, app, event)
  await queueDeliveries(tx, app, row)
}

/** The same, and nobody is told. */
export async function insertEvent(
  tx: Transaction<Schema>,
  { clock }: Pick<App, 'clock'>,
  { workspaceId, type, subject, facts }: NewEvent,
): Promise<EventRow> {
  const at = clock.now()
  const row = { id: newId('evt', at), workspace_id: workspaceId, type, subject, facts: JSON.stringify(facts), at }
  await tx.insertInto('events').values(row).execute()
  return row
}
