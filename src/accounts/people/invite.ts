import { Fault } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Db } from '../../db/db.ts'
import type { InvitationRow, Role } from '../../db/schema.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { MemberPrincipal } from '../principal.ts'
import { normaliseEmail } from './email.ts'
import { insertInvitation } from './invitation.ts'
import { mayAppoint, roleOf } from './rank.ts'

const lastsMs = 7 * 24 * 60 * 60_000
const openMax = 200

/**
 * Invites somebody into the workspace, with a role up to one's own. With an email only the person of that address may
 * accept; without one, whoever has the link.
 */
export async function invite(
  db: Db,
  nowMs: number,
  {
    by,
    role,
    email: wanted,
    address,
  }: { by: MemberPrincipal; role: Role; email?: string | undefined; address: string },
): Promise<{ row: InvitationRow; token: Secret } | Fault> {
  const { workspaceId, personId } = by
  const email = wanted === undefined ? '' : normaliseEmail(wanted)
  if (email === undefined) return badEmail()
  return db.write(async tx => {
    if (!mayAppoint(await roleOf(tx, workspaceId, personId), role))
      return new Fault('forbidden', 'Your role does not let you invite to this one.', { fix: 'Ask an owner.' })
    const { open } = await tx
      .selectFrom('invitations')
      .select(q => q.fn.countAll<number>().as('open'))
      .where('workspace_id', '=', workspaceId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', nowMs)
      .executeTakeFirstOrThrow()
    if (Number(open) >= openMax)
      return new Fault('quota_exceeded', `There are ${openMax} open invitations.`, { fix: 'Take some back first.' })
    const made = await insertInvitation(tx, nowMs, { workspaceId, role, email, createdBy: personId, lastsMs })
    await recordAudit(tx, nowMs, {
      workspaceId,
      actor: personActor(by),
      action: 'invitation.made',
      target: made.row.id,
      address,
      details: { role, email: email || null },
    })
    return made
  })
}

export function badEmail(): Fault {
  return new Fault('validation_error', 'This is not an email address.', {
    invalidFields: [{ field: 'email', problem: 'must be an email address' }],
  })
}
