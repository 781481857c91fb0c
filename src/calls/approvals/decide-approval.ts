import type { Transaction } from 'kysely'
import { personActor, recordAudit } from '../../accounts/audit.ts'
import type { MemberPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import type { ApprovalRow, Schema } from '../../db/schema.ts'
import { stateAt } from './approval.ts'
import { noApproval } from './get-approval.ts'

export type Decision = {
  state: 'approved' | 'denied'
  word?: string
  address: string
  /** For the audit record, beside what the call is. */
  details?: Record<string, string | number>
}

/**
 * Writes a member's decision, once: of several who decide at the same time one does, and the others learn who. Gives the
 * approval, or why it can no longer be decided. In the caller's transaction, with what follows from it.
 */
export async function decideApproval(
  app: App,
  tx: Transaction<Schema>,
  { member, id, decision }: { member: MemberPrincipal; id: string; decision: Decision },
): Promise<ApprovalRow | Fault> {
  const now = app.clock.now()
  const { workspaceId, personId } = member
  const { state, word = '', address, details } = decision
  if (!isId('appr', id)) return noApproval(id)
  const decided = await tx
    .updateTable('approvals')
    .set({ state, word, decided_by: personId, decided_at: now })
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'pending')
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()
  if (!decided) return tooLate(tx, { workspaceId, id, now })
  const { tool, digest, agent_id: agent, call_id: call } = decided
  await recordAudit(tx, now, {
    workspaceId,
    actor: personActor(member),
    action: `approval.${state}`,
    target: id,
    address,
    details: { tool, digest, agent, call, ...details },
  })
  return decided
}

async function tooLate(
  tx: Transaction<Schema>,
  { workspaceId, id, now }: { workspaceId: string; id: string; now: number },
): Promise<Fault> {
  const row = await tx
    .selectFrom('approvals')
    .leftJoin('people', 'people.id', 'approvals.decided_by')
    .selectAll('approvals')
    .select('people.name as name')
    .where('approvals.id', '=', id)
    .where('approvals.workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (!row) return noApproval(id)
  const state = stateAt(row, now)
  const fix = 'Nothing is left to decide here.'
  if (state === 'expired') return new Fault('conflict', 'Nobody decided in time: this approval has expired.', { fix })
  const who = row.name ?? 'Somebody else'
  const since = row.decided_at === null ? '' : ` at ${new Date(row.decided_at).toISOString()}`
  return new Fault('conflict', `${who} ${state} this call already${since}.`, { fix })
}
