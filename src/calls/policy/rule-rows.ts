import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import type { RuleRow, Schema } from '../../db/schema.ts'

/** The rules of a workspace in the order in which they are tried; by id where positions are equal. */
export function rulesInOrder(db: Kysely<Schema>, workspaceId: string) {
  return db.selectFrom('rules').selectAll().where('workspace_id', '=', workspaceId).orderBy('position').orderBy('id')
}

/** The same rules, which nobody else changes until this transaction ends. */
export async function lockRules(tx: Transaction<Schema>, workspaceId: string): Promise<RuleRow[]> {
  await lockWorkspace(tx, workspaceId)
  return rulesInOrder(tx, workspaceId).execute()
}

/** More would make every call slow and no policy clearer. */
const rulesMax = 200

/** Why no rule can be added to these, if so. */
export function noRoom({ length }: readonly RuleRow[], fix = 'Remove a rule first.'): Fault | undefined {
  if (length < rulesMax) return undefined
  return new Fault('quota_exceeded', `A workspace has at most ${rulesMax} rules.`, { fix })
}

export function noSuchRule(id: string): Fault {
  return new Fault('not_found', `There is no rule "${id}" in this workspace.`, { fix: 'List the rules for their ids.' })
}
