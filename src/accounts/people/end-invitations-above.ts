import type { Transaction } from 'kysely'
import type { Role, Schema } from '../../db/schema.ts'
import { outranks } from './rank.ts'

const roles = ['owner', 'admin', 'member'] as const satisfies readonly Role[]

/** Ends the open invitations that this person could not make any more: above their role, or all without one. */
export async function endInvitationsAbove(
  tx: Transaction<Schema>,
  nowMs: number,
  { workspaceId, personId, role }: { workspaceId: string; personId: string; role: Role | undefined },
): Promise<void> {
  // A member invites nobody.
  const ended = roles.filter(each => role === undefined || role === 'member' || outranks(each, role))
  if (!ended.length) return
  await tx
    .updateTable('invitations')
    .set({ ended_at: nowMs })
    .where('workspace_id', '=', workspaceId)
    .where('created_by', '=', personId)
    .where('role', 'in', ended)
    .where('ended_at', 'is', null)
    .execute()
}
