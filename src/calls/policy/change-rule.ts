import { personActor, recordAudit } from '../../accounts/audit.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import { checkRule } from './check-rule.ts'
import { lockRules, noSuchRule } from './rule-rows.ts'
import { type NewRule, type RuleView, summaryOfRule, viewOfRule } from './rule-view.ts'

/** Puts another rule in the place of this one; it keeps its id and its position. */
export async function changeRule(
  app: App,
  member: MemberPrincipal,
  { id, rule, address }: { id: string; rule: NewRule; address: string },
): Promise<RuleView | Fault> {
  const { workspaceId } = member
  const invalid = await checkRule(app, workspaceId, rule)
  const now = app.clock.now()
  const changed = await app.db.write(async tx => {
    const before = (await lockRules(tx, workspaceId)).find(row => row.id === id)
    if (!before) return noSuchRule(id)
    if (invalid) return invalid
    const set = {
      name: rule.name,
      decision: rule.decision,
      match: JSON.stringify(rule.match),
      expires_at: rule.expiresAt === null ? null : Date.parse(rule.expiresAt),
    }
    await tx.updateTable('rules').set(set).where('id', '=', id).execute()
    const after = { ...before, ...set }
    await recordAudit(tx, now, {
      workspaceId,
      actor: personActor(member),
      action: 'rule.changed',
      target: id,
      address,
      details: { before: summaryOfRule(before), after: summaryOfRule(after) },
    })
    return viewOfRule(after)
  })
  app.memory.rules.clear()
  return changed
}
