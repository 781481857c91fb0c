import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import type { Role, Schema } from '../../db/schema.ts'
import type { MemberPrincipal } from '../principal.ts'
import { mayAppoint, roleOf } from './rank.ts'

/**
 * The present role of a member whom this one may change or remove, or why not: nobody touches who stands above them, and
 * the last owner stays one (`endsOwner`: this would end it). Holds the workspace's turn from here on.
 */
export async function findMember(
  tx: Transaction<Schema>,
  { by, id, endsOwner }: { by: MemberPrincipal; id: string; endsOwner: boolean },
): Promise<{ role: Role; own: Role } | Fault> {
  const { workspaceId } = by
  await lockWorkspace(tx, workspaceId)
  const role = await roleOf(tx, workspaceId, id)
  const own = await roleOf(tx, workspaceId, by.personId)
  if (role === undefined || own === undefined)
    return new Fault('not_found', `There is no member ${id}.`, { fix: 'List the members.' })
  if (!mayAppoint(own, role))
    return new Fault('forbidden', 'Your role does not let you change this member.', { fix: 'Ask an owner.' })
  if (role === 'owner' && endsOwner && (await countOwners(tx, workspaceId)) < 2)
    return new Fault('conflict', 'A workspace needs an owner, and this is the last one.', {
      fix: 'Make somebody else an owner first.',
    })
  return { role, own }
}

async function countOwners(tx: Transaction<Schema>, workspaceId: string): Promise<number> {
  const { owners } = await tx
    .selectFrom('members')
    .select(q => q.fn.countAll<number>().as('owners'))
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow()
  return Number(owners)
}
