import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { MemberPrincipal } from '../principal.ts'
import { endInvitation } from './invitation.ts'
import { mayAppoint, roleOf } from './rank.ts'

/** Ends an invitation that nobody has accepted. One for a role above one's own is not one's to end. */
export async function takeBackInvitation(
  db: Db,
  nowMs: number,
  { by, id, address }: { by: MemberPrincipal; id: string; address: string },
): Promise<Fault | undefined> {
  const { workspaceId, personId } = by
  return db.write(async tx => {
    const row = await tx
      .selectFrom('invitations')
      .select(['id', 'role'])
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .where('expires_at', '>', nowMs)
      .executeTakeFirst()
    if (row && !mayAppoint(await roleOf(tx, workspaceId, personId), row.role))
      return new Fault('forbidden', 'Your role does not let you take this invitation back.', { fix: 'Ask an owner.' })
    if (!row || !(await endInvitation(tx, nowMs, row.id)))
      return new Fault('not_found', `There is no open invitation ${id}.`, { fix: 'List the invitations.' })
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: personActor(by),
      action: 'invitation.taken_back',
      target: row.id,
      address,
    })
    return undefined
  })
}
