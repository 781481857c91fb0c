import type { Db } from '../../db/db.ts'
import type { Role } from '../../db/schema.ts'
import type { PersonPrincipal } from '../principal.ts'

export type PersonView = {
  person: { id: string; email: string; name: string; twoFactor: boolean; hasPassword: boolean }
  workspaces: { id: string; name: string; role: Role }[]
  session: { id: string }
}

/** Who is signed in, and where they are a member; the workspace joined first comes first. */
export async function describePerson(db: Db, { personId, sessionId }: PersonPrincipal): Promise<PersonView> {
  const { id, email, name, two_factor, password_hash } = await db.read
    .selectFrom('people')
    .selectAll()
    .where('id', '=', personId)
    .executeTakeFirstOrThrow()
  const workspaces = await db.read
    .selectFrom('members')
    .innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
    .select(['workspaces.id as id', 'workspaces.name as name', 'members.role as role'])
    .where('members.person_id', '=', personId)
    .orderBy('members.created_at')
    .orderBy('members.workspace_id')
    .execute()
  const person = { id, email, name, twoFactor: two_factor === 1, hasPassword: password_hash !== '' }
  return { person, workspaces, session: { id: sessionId } }
}
