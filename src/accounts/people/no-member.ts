import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import type { Schema } from '../../db/schema.ts'
import type { Actor } from '../audit.ts'
import { roleOf } from './rank.ts'

/**
 * Why this person makes no key here any more, or undefined. A session is remembered for a second, and a key that was made in it
 * would outlast the removal of who made it. Holds the workspace's turn, so that nobody is removed meanwhile.
 */
export async function noMember(
  tx: Transaction<Schema>,
  workspaceId: string,
  { kind, id }: Pick<Actor, 'kind' | 'id'>,
): Promise<Fault | undefined> {
  if (kind !== 'person') return undefined
  await lockWorkspace(tx, workspaceId)
  if (await roleOf(tx, workspaceId, id)) return undefined
  return notAMember()
}

export function notAMember(): Fault {
  return new Fault('not_found', 'You are not a member of this workspace.', { fix: 'Choose another.' })
}
