import { version } from '../core/version.ts'
import type { Db } from '../db/db.ts'
import type { Principal } from './principal.ts'
import type { Scope } from './scope.ts'

/** The names behind a principal, for whoever wants to know where it acts and what it may do. */
export async function whoami(db: Db, principal: Principal) {
  const { workspaceId, environment } = principal
  const workspace = await db.read
    .selectFrom('workspaces')
    .select(['id', 'name'])
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  if (principal.kind === 'member') {
    const { personId, name, role } = principal
    return { workspace, member: { id: personId, name, role }, environment, version }
  }
  const agent = await db.read
    .selectFrom('agents')
    .select(['id', 'name'])
    .where('id', '=', principal.agentId)
    .executeTakeFirstOrThrow()
  return { workspace, agent, environment, scope: principal.scope satisfies Scope, version }
}
