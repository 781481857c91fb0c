import { personActor, recordAudit } from '../../accounts/audit.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { lockRules } from './rule-rows.ts'
import { type RuleView, viewOfRule } from './rule-view.ts'

/** Gives the rules this order. All of the workspace's rules have to be named, so that an order never loses to a new rule. */
export async function orderRules(
  app: App,
  member: MemberPrincipal,
  { ids, address }: { ids: readonly string[]; address: string },
): Promise<{ items: RuleView[] } | Fault> {
  const { workspaceId } = member
  const now = app.clock.now()
  const ordered = await app.db.write(async tx => {
    const rules = await lockRules(tx, workspaceId)
    const byId = new Map(rules.map(row => [row.id, row]))
    const inOrder = ids.flatMap((id, i) => {
      const row = byId.get(id)
      return row ? [{ ...row, position: i + 1 }] : []
    })
    if (inOrder.length !== ids.length || new Set(ids).size !== ids.length || ids.length !== rules.length) {
      return new Fault('conflict', 'The order does not name every rule of the workspace once.', {
        fix: 'List the rules again and send all their ids in the new order.',
      })
    }
    for (const { id, position } of inOrder) {
      if (byId.get(id)?.position === position) continue
      await tx.updateTable('rules').set({ position }).where('id', '=', id).execute()
    }
    const names = (rows: readonly { name: string }[]) =>
      rows
        .map(({ name }) => `"${name}"`)
        .join(', ')
        .slice(0, 2000)
    await recordAudit(tx, now, {
      workspaceId,
      actor: personActor(member),
      action: 'rule.ordered',
      address,
      details: { before: names(rules), after: names(inOrder) },
    })
    return { items: inOrder.map(viewOfRule) }
  })
  app.memory.rules.clear()
  return ordered
}
