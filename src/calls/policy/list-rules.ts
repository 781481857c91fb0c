import type { Db } from '../../db/db.ts'
import { rulesInOrder } from './rule-rows.ts'
import { type RuleView, viewOfRule } from './rule-view.ts'

/** The workspace's rules in the order in which they are tried. */
export async function listRules(db: Db, workspaceId: string): Promise<RuleView[]> {
  const rows = await rulesInOrder(db.read, workspaceId).execute()
  return rows.map(viewOfRule)
}
