import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import type { Schema } from '../../db/schema.ts'
import { personActor, recordAudit } from '../audit.ts'
import { takeBackPairings } from '../pairing/take-back-pairings.ts'
import type { MemberPrincipal } from '../principal.ts'
import { endInvitationsAbove } from './end-invitations-above.ts'
import { findMember } from './find-member.ts'

/**
 * Takes a member out of the workspace: their sessions reach it no more, and the keys that they made or put in the place of
 * another one, which they may have kept, are revoked; what they approved and no device has fetched is taken back. Every
 * process notices within a second. Their account stays, for their other workspaces.
 */
export async function removeMember(
  db: Db,
  nowMs: number,
  { by, id, address }: { by: MemberPrincipal; id: string; address: string },
): Promise<{ id: string; keys: number } | Fault> {
  const { workspaceId } = by
  return db.write(async tx => {
    const found = await findMember(tx, { by, id, endsOwner: true })
    if (found instanceof Fault) return found
    await tx.deleteFrom('members').where('workspace_id', '=', workspaceId).where('person_id', '=', id).execute()
    await endInvitationsAbove(tx, nowMs, { workspaceId, personId: id, role: undefined })
    await takeBackPairings(tx, workspaceId, ({ decided_by }) => decided_by === id)
    const seen = await keysFromRotating(tx, workspaceId, id)
    const revoked = await tx
      .updateTable('keys')
      .set({ revoked_at: nowMs })
      .where('workspace_id', '=', workspaceId)
      .where(q => q.or([q('created_by', '=', id), ...(seen.length ? [q('id', 'in', seen)] : [])]))
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    const keys = Number(revoked.numUpdatedRows)
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: personActor(by),
      action: 'member.removed',
      target: id,
      address,
      details: { role: found.role, keys },
    })
    return { id, keys }
  })
}

/** Keys that were shown to this person and have another's as their maker: an admin replaces everybody's. Only the record knows. */
async function keysFromRotating(tx: Transaction<Schema>, workspaceId: string, personId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('audit')
    .select('details')
    .where('workspace_id', '=', workspaceId)
    .where('actor_id', '=', personId)
    .where('action', '=', 'key.rotated')
    .execute()
  return rows.map(({ details }) => (JSON.parse(details) as { replacedBy: string }).replacedBy) // as rotateKey writes it
}
