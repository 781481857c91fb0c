import type { Db } from '../db/db.ts'
import type { EventRow } from '../db/schema.ts'
import type { EventFacts } from './record-event.ts'

/** Something that happened in the workspace. */
export type Event = { id: string; type: string; subject: string; facts: EventFacts; at: string }

export type EventFilter = {
  type?: string | undefined
  /** The id of the last event of the page before. */
  before?: string | undefined
  limit: number
}

/** What happened in the workspace, newest first, and where the next page starts. */
export async function listEvents(
  db: Db,
  workspaceId: string,
  { type, before, limit }: EventFilter,
): Promise<{ items: Event[]; next: string | null }> {
  const rows = await db.read
    .selectFrom('events')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .$if(type !== undefined, q => q.where('type', '=', type ?? ''))
    .$if(before !== undefined, q => q.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(viewOfEvent)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

export function viewOfEvent(row: EventRow): Event {
  return {
    id: row.id,
    type: row.type,
    subject: row.subject,
    facts: JSON.parse(row.facts), // as recordEvent writes it
    at: new Date(row.at).toISOString(),
  }
}
