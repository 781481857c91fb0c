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
  const workspaceId = seenFrom === 'everywhere' ? undefined : seenFrom.workspaceId
  const rows = await db.read
    .selectFrom('audit')
    .selectAll()
    .$if(workspaceId !== undefined, q =>
      q.where(({ eb, or, and, selectFrom }) =>
        or([
          eb('workspace_id', '=', workspaceId ?? ''),
          and([
            eb('workspace_id', '=', ''),
            eb('actor_kind', '=', 'person'),
            eb(
              'actor_id',
              'in',
              selectFrom('members')
                .select('person_id')
                .where('members.workspace_id', '=', workspaceId ?? ''),
            ),
          ]),
        ]),
      ),
    )
    .$if(action !== undefined, q => q.where('action', '=', action ?? ''))
    .$if(before !== undefined, q => q.where('seq', '<', before ?? 0))
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute()
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
