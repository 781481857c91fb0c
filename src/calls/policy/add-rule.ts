import { personActor, recordAudit } from '../../accounts/audit.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { RuleRow } from '../../db/schema.ts'
import { checkRule } from './check-rule.ts'
import { lockRules, noRoom } from './rule-rows.ts'
import { type NewRule, type RuleView, summaryOfRule, viewOfRule } from './rule-view.ts'

/** Adds a rule after all others. Calls follow it at once here, and within a second in other processes. */
export async function addRule(
  app: App,
  member: MemberPrincipal,
  rule: NewRule,
  address: string,
): Promise<RuleView | Fault> {
  const { workspaceId, personId } = member
  const invalid = await checkRule(app, workspaceId, rule)
  if (invalid) return invalid
  const now = app.clock.now()
  const made = await app.db.write(async tx => {
    const rules = await lockRules(tx, workspaceId)
    const refused = noRoom(rules)
    if (refused) return refused
    const row: RuleRow = {
      id: newId('rule', now),
      workspace_id: workspaceId,
      position: (rules.at(-1)?.position ?? 0) + 1,
      name: rule.name,
      decision: rule.decision,
      match: JSON.stringify(rule.match),
      created_by: personId,
      created_at: now,
      expires_at: rule.expiresAt === null ? null : Date.parse(rule.expiresAt),
    }
    await tx.insertInto('rules').values(row).execute()
    await recordAudit(tx, now, {
      workspaceId,
      actor: personActor(member),
      action: 'rule.made',
      target: row.id,
      address,
      details: { position: row.position, after: summaryOfRule(row) },
    })
    return viewOfRule(row)
  })
  app.memory.rules.clear()
  return made
}
