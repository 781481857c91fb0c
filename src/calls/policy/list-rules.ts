import type { Db } from '../../db/db.ts'
import { type RuleView, viewOfRule } from './rule-view.ts'

/** The workspace's rules in the order in which they are tried. */
export async function listRules(db: Db, workspaceId: string): Promise<RuleView[]> {
  const rows = await db.read
    .selectFrom('rules')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return rows.map(viewOfRule)
}
