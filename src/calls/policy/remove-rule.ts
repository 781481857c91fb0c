import { personActor, recordAudit } from '../../accounts/audit.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import { lockRules, noSuchRule } from './rule-rows.ts'
import { summaryOfRule } from './rule-view.ts'

/** Removes a rule; the others keep their order. */
export async function removeRule(
  app: App,
  member: MemberPrincipal,
  { id, address }: { id: string; address: string },
): Promise<{ id: string } | Fault> {
  const { workspaceId } = member
  const now = app.clock.now()
  const removed = await app.db.write(async tx => {
    const rules = await lockRules(tx, workspaceId)
    const before = rules.find(row => row.id === id)
    if (!before) return noSuchRule(id)
    await tx.deleteFrom('rules').where('id', '=', id).execute()
    await tx
      .updateTable('rules')
      .set(({ eb }) => ({ position: eb('position', '-', 1) }))
      .where('workspace_id', '=', workspaceId)
      .where('position', '>', before.position)
      .execute()
    await recordAudit(tx, now, {
      workspaceId,
      actor: personActor(member),
      action: 'rule.removed',
      target: id,
      address,
      details: { position: before.position, before: summaryOfRule(before) },
    })
    return { id }
  })
  app.memory.rules.clear()
  return removed
}
