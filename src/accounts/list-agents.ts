import type { Db } from '../db/db.ts'
import type { KeyView } from './key-view.ts'
import { listKeys } from './list-keys.ts'

export type AgentView = {
  id: string
  name: string
  createdAt: string
  /** Name of the person who made it; null for the command line. */
  createdBy: string | null
  /** Whether a key of it can be used. A removed agent stays in the record without one. */
  active: boolean
  /** Newest first. */
  keys: KeyView[]
}

/** The workspace's agents, oldest first, with their keys. */
export async function listAgents(db: Db, workspaceId: string, nowMs: number): Promise<AgentView[]> {
  const agents = await db.read
    .selectFrom('agents')
    .leftJoin('people', 'people.id', 'agents.created_by')
    .selectAll('agents')
    .select('people.name as maker')
    .where('agents.workspace_id', '=', workspaceId)
    .orderBy('agents.id')
    .execute()
  const keys = Map.groupBy(await listKeys(db, workspaceId, nowMs), key => key.agentId)
  return agents.map(({ id, name, created_at, maker }) => {
    const own = keys.get(id) ?? []
    return {
      id,
      name,
      createdAt: new Date(created_at).toISOString(),
      createdBy: maker,
      active: own.some(key => key.state === 'active'),
      keys: own.map(({ agent: _, agentId: __, ...key }) => key),
    }
  })
}
