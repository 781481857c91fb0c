import { hash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { AuditRow, Schema } from '../db/schema.ts'
import type { PersonPrincipal } from './principal.ts'

export type Actor = { kind: AuditRow['actor_kind']; id: string; name: string }

/** Who does something, and from where. */
export type By = { actor: Actor; address?: string }

/** `details` holds ids, names and numbers; never a secret, a body or an argument of a call. */
export type AuditEvent = By & {
  workspaceId: string
  /** Noun and past participle: `key.revoked`. */
  action: string
  /** The id of what it was done to. */
  target?: string
  details?: Record<string, string | number | boolean | null>
}

export const system: Actor = { kind: 'system', id: '', name: 'ClawLink' }
export const commandLine: Actor = { kind: 'system', id: '', name: 'command line' }
export const personActor = ({ personId, name }: PersonPrincipal): Actor => ({ kind: 'person', id: personId, name })

/** The setting that holds the number and the hash of the last row. */
export const auditHead = 'audit_head'

/** Number and hash of the row that was written last. */
export type AuditHead = { seq: number; hash: string }

/** What the first row follows. */
export const genesisHead: AuditHead = { seq: 0, hash: '0'.repeat(64) }

/** The end of the record as the writers note it. */
export function readHead(value: string | undefined): AuditHead {
  const [seq = '', hashed = ''] = (value ?? '').split(' ')
  return hashed === '' ? genesisHead : { seq: Number(seq), hash: hashed }
}

/**
 * Adds a row to the audit record, in the same transaction as what it tells of: both are there, or neither is. Each row holds
 * the hash of the one before it, so a changed or missing row shows. Writers take turns at the head from here to the end of
 * their transaction, in every process: call this last, so that nobody who waits for the head holds what others need.
 */
export async function recordAudit(tx: Transaction<Schema>, nowMs: number, event: AuditEvent): Promise<void> {
  // One statement that makes the row, or locks it and reads what the writer before has committed, on both databases.
  const { value } = await tx
    .insertInto('settings')
    .values({ name: auditHead, value: `${genesisHead.seq} ${genesisHead.hash}` })
    .onConflict(on => on.column('name').doUpdateSet(({ ref }) => ({ value: ref('settings.value') })))
    .returning('value')
    .executeTakeFirstOrThrow()
  const last = readHead(value)
  const row: Omit<AuditRow, 'hash'> = {
    seq: last.seq + 1,
    at: nowMs,
    workspace_id: event.workspaceId,
    actor_kind: event.actor.kind,
    actor_id: storable(event.actor.id),
    actor_name: storable(event.actor.name),
    action: event.action,
    target: storable(event.target ?? ''),
    address: storable(event.address ?? ''),
    details: JSON.stringify(event.details ?? {}),
    previous: last.hash,
  }
  const hashed = hashOfRow(row)
  await tx
    .insertInto('audit')
    .values({ ...row, hash: hashed })
    .execute()
  await tx
    .updateTable('settings')
    .set({ value: `${row.seq} ${hashed}` })
    .where('name', '=', auditHead)
    .execute()
}

/** A text that comes back from every database as it went in; any other would not fit its own hash. */
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '\ufffd')

/** SHA-256 over every column in a fixed order, the hash of the row before included. */
export function hashOfRow(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, workspace_id, actor_kind, actor_id, actor_name, action, target, address, details, previous } = row
  const columns = [seq, at, workspace_id, actor_kind, actor_id, actor_name, action, target, address, details, previous]
  return hash('sha256', JSON.stringify(columns))
}
