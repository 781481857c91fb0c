import { hash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { AuditRow, Schema } from '../db/schema.ts'
import type { PersonPrincipal } from './principal.ts'

export type Actor = { kind: AuditRow['actor_kind']; id: string; name: string }

/** `details` holds ids, names and numbers; never a secret, a body or an argument of a call. */
export type AuditEvent = {
  workspaceId: string
  actor: Actor
  /** Noun and past participle: `key.revoked`. */
  action: string
  /** The id of what it was done to. */
  target?: string
  address?: string
  details?: Record<string, string | number | boolean | null>
}

export const system: Actor = { kind: 'system', id: '', name: 'ClawLink' }
export const commandLine: Actor = { kind: 'system', id: '', name: 'command line' }
export const personActor = ({ personId, name }: PersonPrincipal): Actor => ({ kind: 'person', id: personId, name })

const head = 'audit_head'
/** What the first row follows. */
export const genesis = '0'.repeat(64)

/**
 * Adds a row to the audit record, in the same transaction as what it tells of. Each row holds the hash of the one before
 * it, so a changed or missing row shows. Writers take turns at the head's row, in every process.
 */
export async function recordAudit(tx: Transaction<Schema>, nowMs: number, event: AuditEvent): Promise<void> {
  await tx
    .insertInto('settings')
    .values({ name: head, value: `0 ${genesis}` })
    .onConflict(on => on.doNothing())
    .execute()
  // Locks the row on PostgreSQL until the transaction ends; on SQLite writers take turns anyway.
  const { value } = await tx
    .updateTable('settings')
    .set(row => ({ value: row.ref('value') }))
    .where('name', '=', head)
    .returning('value')
    .executeTakeFirstOrThrow()
  const [last = '0', previous = genesis] = value.split(' ')
  const row: Omit<AuditRow, 'hash'> = {
    seq: Number(last) + 1,
    at: nowMs,
    workspace_id: event.workspaceId,
    actor_kind: event.actor.kind,
    actor_id: event.actor.id,
    actor_name: event.actor.name,
    action: event.action,
    target: event.target ?? '',
    address: event.address ?? '',
    details: JSON.stringify(event.details ?? {}),
    previous,
  }
  const hashed = hashOfRow(row)
  await tx
    .insertInto('audit')
    .values({ ...row, hash: hashed })
    .execute()
  await tx
    .updateTable('settings')
    .set({ value: `${row.seq} ${hashed}` })
    .where('name', '=', head)
    .execute()
}

/** SHA-256 over every column in a fixed order, the hash of the row before included. */
export function hashOfRow(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, workspace_id, actor_kind, actor_id, actor_name, action, target, address, details, previous } = row
  return hash(
    'sha256',
    JSON.stringify([
      seq,
      at,
      workspace_id,
      actor_kind,
      actor_id,
      actor_name,
      action,
      target,
      address,
      details,
      previous,
    ]),
  )
}

/** The number and the hash of the last row, as the writers keep them. */
export function readHead(value: string | undefined): { seq: number; hash: string } {
  const [seq = '0', last = genesis] = (value ?? '').split(' ')
  return { seq: Number(seq), hash: last }
}

export const auditHead = head
