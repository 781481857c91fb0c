import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import type { InvitationRow, PersonRow, Schema } from '../../db/schema.ts'
import { recordAudit } from '../audit.ts'
import type { Origin } from '../principal.ts'
import { endInvitation, noInvitation } from './invitation.ts'
import { outranks, roleOf } from './rank.ts'

type Joining = { invitation: InvitationRow; person: Pick<PersonRow, 'id' | 'name' | 'email'> }

/** Uses an invitation up for this person. A fault leaves everything as it was. */
export async function joinWorkspace(
  tx: Transaction<Schema>,
  nowMs: number,
  { invitation, person, origin }: Joining & { origin: Origin },
): Promise<Fault | undefined> {
  const { id, workspace_id, role } = invitation
  await lockWorkspace(tx, workspace_id)
  const refused = await cannotJoin(tx, { invitation, person })
  if (refused) return refused
  if (!(await endInvitation(tx, nowMs, id))) return noInvitation()
  await tx
    .insertInto('members')
    .values({ workspace_id, person_id: person.id, role, created_at: nowMs })
    .onConflict(on => on.columns(['workspace_id', 'person_id']).doUpdateSet({ role }))
    .execute()
  await recordAudit(tx, nowMs, {
    workspaceId: workspace_id,
    actor: { kind: 'person', id: person.id, name: person.name },
    action: 'invitation.accepted',
    target: id,
    address: origin.address,
    details: { role },
  })
  return undefined
}

/** Why this person cannot accept it, as far as that shows before anything is done. */
export async function cannotJoin(
  tx: Transaction<Schema>,
  { invitation: { workspace_id, role, email }, person }: Joining,
): Promise<Fault | undefined> {
  if (email !== '' && email !== person.email)
    return new Fault('forbidden', 'This invitation is for another email address.', {
      fix: 'Sign in with the account of that address, or ask for an invitation of your own.',
    })
  const present = await roleOf(tx, workspace_id, person.id)
  if (present === undefined || outranks(role, present)) return undefined
  return new Fault('conflict', 'You are a member of this workspace already.', { fix: 'There is nothing to do.' })
}
