import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import type { Role } from '../../db/schema.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { MemberPrincipal } from '../principal.ts'
import { endInvitationsAbove } from './end-invitations-above.ts'
import { findMember } from './find-member.ts'
import { mayAppoint } from './rank.ts'

/** Gives a member another role, up to one's own. Other processes notice within a second. */
export async function changeMember(
  db: Db,
  nowMs: number,
  { by, id, role, address }: { by: MemberPrincipal; id: string; role: Role; address: string },
): Promise<{ id: string; role: Role } | Fault> {
  const { workspaceId } = by
  return db.write(async tx => {
    const found = await findMember(tx, { by, id, endsOwner: role !== 'owner' })
    if (found instanceof Fault) return found
    if (!mayAppoint(found.own, role))
      return new Fault('forbidden', 'Nobody gives a role above their own.', { fix: 'Ask an owner.' })
    if (role === found.role) return { id, role }
    await tx
      .updateTable('members')
      .set({ role })
      .where('workspace_id', '=', workspaceId)
      .where('person_id', '=', id)
      .execute()
    await endInvitationsAbove(tx, nowMs, { workspaceId, personId: id, role })
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: personActor(by),
      action: 'member.changed',
      target: id,
      address,
      details: { from: found.role, to: role },
    })
    return { id, role }
  })
}
