import type { Db } from '../../db/db.ts'
import type { Role } from '../../db/schema.ts'

/** `id` is the person's. */
export type MemberView = { id: string; name: string; email: string; role: Role; since: string }

/** Who is in the workspace, those who came first first. */
export async function listMembers(db: Db, workspaceId: string): Promise<MemberView[]> {
  const rows = await db.read
    .selectFrom('members')
    .innerJoin('people', 'people.id', 'members.person_id')
    .select(['people.id as id', 'people.name as name', 'people.email as email', 'members.role as role'])
    .select('members.created_at as since')
    .where('members.workspace_id', '=', workspaceId)
    .orderBy('members.created_at')
    .orderBy('people.id')
    .execute()
  return rows.map(({ since, ...member }) => ({ ...member, since: new Date(since).toISOString() }))
}
