import type { Kysely } from 'kysely'
import type { Role, Schema } from '../../db/schema.ts'

const ranks: Record<Role, number> = { member: 1, admin: 2, owner: 3 }

/** Whether `role` is above `other`. Pure. */
export const outranks = (role: Role, other: Role): boolean => ranks[role] > ranks[other]

/** Whether somebody of the role `own` may invite to `role`, give it, or change who has it: up to one's own. Pure. */
export const mayAppoint = (own: Role | undefined, role: Role): boolean =>
  own !== undefined && own !== 'member' && !outranks(role, own)

/** The role of a person as it is now, not as a session remembers it; undefined for who is no member. */
export async function roleOf(db: Kysely<Schema>, workspaceId: string, personId: string): Promise<Role | undefined> {
  const row = await db
    .selectFrom('members')
    .select('role')
    .where('workspace_id', '=', workspaceId)
    .where('person_id', '=', personId)
    .executeTakeFirst()
  return row?.role
}
