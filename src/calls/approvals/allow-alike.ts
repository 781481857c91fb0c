import type { Transaction } from 'kysely'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { ApprovalRow, RuleRow, Schema } from '../../db/schema.ts'
import type { RuleMatch } from '../policy/rule.ts'
import { noRoom } from '../policy/rule-rows.ts'
import { ruleOf } from '../policy/rules-of.ts'

const named = 'Approved by'

/** Whether it was made for a yes for a while, which has ended. */
const isOver = ({ name, expires_at }: RuleRow, now: number) =>
  name.startsWith(named) && expires_at !== null && expires_at <= now

/** Why there can be no yes for a while, if so. To be asked before anything is decided. */
export const noRoomForAlike = (rules: readonly RuleRow[], now: number): Fault | undefined =>
  noRoom(
    rules.filter(rule => !isOver(rule, now)),
    'Approve this call alone, or remove a rule first. Nothing is decided yet.',
  )

/**
 * For a while, a rule that allows what the approved call is like: the same agent, tool and account. It stands right before
 * the rule that asked and matches nothing that this one does not, or after all rules when none did: a member can say yes
 * in advance, but not to what another rule denies. `rules` are all of the workspace, locked, in their order.
 */
export async function allowAlike(
  tx: Transaction<Schema>,
  {
    member,
    approval,
    rules,
    now,
    minutes,
  }: { member: MemberPrincipal; approval: ApprovalRow; rules: readonly RuleRow[]; now: number; minutes: number },
): Promise<void> {
  for (const { id } of rules.filter(rule => isOver(rule, now)))
    await tx.deleteFrom('rules').where('id', '=', id).execute()
  const kept = rules.filter(rule => !isOver(rule, now))
  const { agent_id, tool, connection_id, rule_id, workspace_id } = approval
  const expiresAt = now + minutes * 60_000
  const asked = kept.find(({ id, decision }) => id === rule_id && decision === 'ask')
  const match: RuleMatch = {
    ...(asked && ruleOf(asked).match),
    agents: [agent_id],
    tools: [tool],
    connections: [connection_id],
  }
  const place = asked ? kept.indexOf(asked) : kept.length
  for (const [at, { id, position }] of kept.entries()) {
    const next = at < place ? at + 1 : at + 2
    if (position !== next) await tx.updateTable('rules').set({ position: next }).where('id', '=', id).execute()
  }
  await tx
    .insertInto('rules')
    .values({
      id: newId('rule', now),
      workspace_id,
      position: place + 1,
      name: `${named} ${member.name.slice(0, 50)} until ${new Date(expiresAt).toISOString().slice(0, 16)}Z`,
      decision: 'allow',
      match: JSON.stringify(match),
      created_by: member.personId,
      created_at: now,
      expires_at: expiresAt,
    })
    .execute()
}
