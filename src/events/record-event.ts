import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { newId } from '../core/ids.ts'
import type { Schema } from '../db/schema.ts'

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
] as const

export type EventType = (typeof eventTypes)[number]

/** Plain texts and numbers; nothing secret. */
export type EventFacts = Record<string, string | number | boolean | null>

/** Notes that something happened, in the transaction in which it does: both are stored, or neither is. */
export async function recordEvent(
  tx: Transaction<Schema>,
  { clock }: Pick<App, 'clock'>,
  // `subject`: the id of the thing that it happened to.
  { workspaceId, type, subject, facts }: { workspaceId: string; type: EventType; subject: string; facts: EventFacts },
): Promise<void> {
  const at = clock.now()
  const id = newId('evt', at)
  await tx
    .insertInto('events')
    .values({ id, workspace_id: workspaceId, type, subject, facts: JSON.stringify(facts), at })
    .execute()
}
