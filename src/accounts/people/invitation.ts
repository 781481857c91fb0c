import { hash, randomBytes } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { Secret } from '../../core/secret.ts'
import type { InvitationRow, Role, Schema } from '../../db/schema.ts'

/** Stores a new invitation. Its token, 192 random bits, exists only in what this returns. */
export async function insertInvitation(
  tx: Transaction<Schema>,
  nowMs: number,
  wanted: { workspaceId: string; role: Role; email: string; createdBy: string; lastsMs: number },
): Promise<{ row: InvitationRow; token: Secret }> {
  const token = `cli_${randomBytes(24).toString('hex')}`
  const row: InvitationRow = {
    id: newId('inv', nowMs),
    workspace_id: wanted.workspaceId,
    role: wanted.role,
    email: wanted.email,
    hash: hash('sha256', token),
    created_by: wanted.createdBy,
    created_at: nowMs,
    expires_at: nowMs + wanted.lastsMs,
    ended_at: null,
  }
  await tx.insertInto('invitations').values(row).execute()
  return { row, token: new Secret(token) }
}

/** The invitation of this token while it can be accepted, or one fault for every reason why not. */
export async function findInvitation(db: Kysely<Schema>, nowMs: number, token: string): Promise<InvitationRow | Fault> {
  if (!/^cli_[0-9a-f]{48}$/.test(token)) return noInvitation()
  const row = await open(db, nowMs).where('hash', '=', hash('sha256', token)).executeTakeFirst()
  return row ?? noInvitation()
}

/** The same for one that was found before. */
export async function findInvitationById(
  db: Kysely<Schema>,
  nowMs: number,
  id: string,
): Promise<InvitationRow | Fault> {
  return (await open(db, nowMs).where('id', '=', id).executeTakeFirst()) ?? noInvitation()
}

const open = (db: Kysely<Schema>, nowMs: number) =>
  db.selectFrom('invitations').selectAll().where('ended_at', 'is', null).where('expires_at', '>', nowMs)

/** Ends an invitation for good. False when somebody else did so first. */
export async function endInvitation(tx: Transaction<Schema>, nowMs: number, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('invitations')
    .set({ ended_at: nowMs })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export function noInvitation(): Fault {
  return new Fault('not_found', 'This invitation does not exist, was used, was taken back or is over.', {
    fix: 'Ask for a new one. `clawlink owner-link` makes one for whoever runs ClawLink.',
  })
}
