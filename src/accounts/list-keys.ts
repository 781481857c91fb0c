import type { Db } from '../db/db.ts'
import { type KeyView, keyView } from './key-view.ts'

/** All keys of a workspace, newest first, with the names of their agents. */
export async function listKeys(
  db: Db,
  workspaceId: string,
  nowMs: number,
): Promise<(KeyView & { agent: string; agentId: string })[]> {
  const rows = await db.read
    .selectFrom('keys')
    .innerJoin('agents', 'agents.id', 'keys.agent_id')
    .selectAll('keys')
    .select('agents.name as agent')
    .where('keys.workspace_id', '=', workspaceId)
    .orderBy('keys.id', 'desc')
    .execute()
  return rows.map(row => ({ agent: row.agent, agentId: row.agent_id, ...keyView(row, nowMs) }))
}
