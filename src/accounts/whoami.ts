import { version } from '../core/version.ts'
import type { Db } from '../db/db.ts'
import type { Principal } from './principal.ts'

/** The names behind a principal, for an agent that wants to know where it acts. */
export async function whoami(db: Db, principal: Principal) {
  const { workspaceId, agentId, environment } = principal
  const workspace = await db.read
    .selectFrom('workspaces')
    .select(['id', 'name'])
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  const agent = await db.read
    .selectFrom('agents')
    .select(['id', 'name'])
    .where('id', '=', agentId)
    .executeTakeFirstOrThrow()
  return { workspace, agent, environment, version }
}
