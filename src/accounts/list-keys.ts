import type { Db } from '../db/db.ts'

export type KeyView = {
  id: string
  agent: string
  /** Enough to recognise it, not to use it: `cllk_live_…3fa9`. */
  key: string
  environment: string
  createdAt: number
  expiresAt: number | null
  state: 'active' | 'expired' | 'revoked'
}

/** All keys of a workspace, newest first. */
export async function listKeys(db: Db, workspaceId: string, nowMs: number): Promise<KeyView[]> {
  const rows = await db.read
    .selectFrom('keys')
    .innerJoin('agents', 'agents.id', 'keys.agent_id')
    .selectAll('keys')
    .select('agents.name as agent')
    .where('keys.workspace_id', '=', workspaceId)
    .orderBy('keys.id', 'desc')
    .execute()
  return rows.map(row => ({
    id: row.id,
    agent: row.agent,
    key: `cllk_${row.environment}_…${row.last_four}`,
    environment: row.environment,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    state:
      row.revoked_at !== null ? 'revoked' : row.expires_at !== null && row.expires_at <= nowMs ? 'expired' : 'active',
  }))
}
