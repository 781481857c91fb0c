import type { Db } from '../db/db.ts'
import { type KeyView, keyView } from './key-view.ts'

/** The keys of a workspace, or of some of its agents, newest first, with the names of their agents. */
export async function listKeys(
  db: Db,
  workspaceId: string,
  nowMs: number,
  agentIds?: readonly string[],
): Promise<(KeyView & { agent: string; agentId: string })[]> {
  // PostgreSQL takes no empty list.
  if (agentIds?.length === 0) return []
  const rows = await db.read
    .selectFrom('keys')
    .innerJoin('agents', 'agents.id', 'keys.agent_id')
    .selectAll('keys')
    .select('agents.name as agent')
    .where('keys.workspace_id', '=', workspaceId)
    .$if(agentIds !== undefined, query => query.where('keys.agent_id', 'in', agentIds ?? []))
    .orderBy('keys.id', 'desc')
    .execute()
  return rows.map(row => ({ agent: row.agent, agentId: row.agent_id, ...keyView(row, nowMs) }))
}
