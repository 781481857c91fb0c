import { jsonOrUndefined } from '../core/json.ts'
import type { Db } from '../db/db.ts'
import type { AuditRow } from '../db/schema.ts'
import type { Actor, AuditEvent } from './audit.ts'

export type AuditEntry = {
  seq: number
  at: string
  actor: Actor
  action: string
  target: string
  address: string
  details: NonNullable<AuditEvent['details']>
}

export type AuditFilter = {
  action?: string | undefined
  /** The number of the last entry of the page before. */
  before?: number | undefined
  limit: number
}

/**
 * The audit record, newest first, and where the next page starts. Seen from a workspace: its own entries, and those that
 * are about no workspace, such as sign-ins, of the people who are its members now.
 */
export async function listAudit(
  db: Db,
  seenFrom: { workspaceId: string } | 'everywhere',
  { action, before, limit }: AuditFilter,
): Promise<{ items: AuditEntry[]; next: string | null }> {
  const newest = () =>
    db.read
      .selectFrom('audit')
      .selectAll()
      .$if(action !== undefined, q => q.where('action', '=', action ?? ''))
      .$if(before !== undefined, q => q.where('seq', '<', before ?? 0))
      .orderBy('seq', 'desc')
      .limit(limit + 1)
  // Each in the order of the index: asked for both at once, a database reads and sorts all that there is.
  const parts =
    seenFrom === 'everywhere'
      ? [newest()]
      : [
          newest().where('workspace_id', '=', seenFrom.workspaceId),
          newest()
            .where('workspace_id', '=', '')
            .where('actor_kind', '=', 'person')
            .where('actor_id', 'in', q =>
              q.selectFrom('members').select('person_id').where('workspace_id', '=', seenFrom.workspaceId),
            ),
        ]
  const found = await Promise.all(parts.map(part => part.execute()))
  const rows = found.flat().sort((a, b) => b.seq - a.seq)
  const items = rows.slice(0, limit).map(entryOf)
  return { items, next: rows.length > limit ? String(items.at(-1)?.seq) : null }
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    seq: row.seq,
    at: new Date(row.at).toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    target: row.target,
    address: row.address,
    details: readDetails(row.details),
  }
}

/** A row that somebody tampered with must not hide the others. */
function readDetails(json: string): AuditEntry['details'] {
  const value = jsonOrUndefined(json)
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as AuditEntry['details']) : {} // as recordAudit writes it
}
