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

/** The workspace's agents, oldest first, with their keys, and where the next page starts. Without a limit it is one page. */
export async function listAgents(
  db: Db,
  workspaceId: string,
  nowMs: number,
  { after = '', limit }: { after?: string | undefined; limit?: number } = {},
): Promise<{ items: AgentView[]; next: string | null }> {
  const rows = await db.read
    .selectFrom('agents')
    .leftJoin('people', 'people.id', 'agents.created_by')
    .selectAll('agents')
    .select('people.name as maker')
    .where('agents.workspace_id', '=', workspaceId)
    .where('agents.id', '>', after)
    .orderBy('agents.id')
    .$if(limit !== undefined, query => query.limit((limit ?? 0) + 1))
    .execute()
  const agents = rows.slice(0, limit)
  const ofThese = limit === undefined ? undefined : agents.map(({ id }) => id)
  const keys = Map.groupBy(await listKeys(db, workspaceId, nowMs, ofThese), key => key.agentId)
  const items = agents.map(({ id, name, created_at, maker }) => {
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
  return { items, next: rows.length > agents.length ? (agents.at(-1)?.id ?? null) : null }
}
