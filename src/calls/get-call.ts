import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { isId } from '../core/ids.ts'
import type { Ending } from '../core/outcome.ts'
import type { CallRow } from '../db/schema.ts'
import { approvalLink } from './approvals/approval.ts'
import type { EndedCall } from './call.ts'
import { getUsage, type Usage } from './list-usage.ts'
import { keptAnswer } from './parked.ts'

/** How far a call is. `parked`: it waits for a member. `running`: it was approved, and is sent or about to be. */
export type CallProgress = {
  callId: string
  state: 'parked' | 'running' | 'ended'
  /** There while a member has to decide. */
  approval?: { id: string; link: string; expiresAt: string }
  /** How it ended, for a day after; only of a call that was parked, or made under an idempotency key. */
  ended?: EndedCall<Ending>
  usage?: Usage
  /** When it was parked and when it last changed, Unix milliseconds; 0 for a call that never was. */
  startedAt: number
  changedAt: number
}

/** One call, if this principal may see it: a key its own agent's, a member all of the workspace. */
export async function getCall(app: App, principal: Principal, id: string): Promise<CallProgress | Fault> {
  const row = isId('call', id)
    ? await app.db.read
        .selectFrom('calls')
        .selectAll()
        .where('id', '=', id)
        .where('workspace_id', '=', principal.workspaceId)
        .executeTakeFirst()
    : undefined
  if (row && principal.kind === 'agent' && row.agent_id !== principal.agentId) return noCall(id)
  if (row && row.state !== 'ended') return unended(app, row)
  const usage = await getUsage(app.db, principal, id)
  if (!usage) return noCall(id)
  const progress = { callId: id, state: 'ended' as const, usage, startedAt: row?.started_at ?? 0 }
  const ended = row && (await keptAnswer(app, row))
  return { ...progress, changedAt: row?.ended_at ?? 0, ...(ended && { ended }) }
}

async function unended(app: App, row: CallRow): Promise<CallProgress> {
  const progress = { callId: row.id, startedAt: row.started_at, changedAt: row.sent_at ?? row.started_at }
  if (row.state !== 'awaiting_approval') return { ...progress, state: 'running' }
  const approval = await app.db.read
    .selectFrom('approvals')
    .select(['id', 'expires_at'])
    .where('call_id', '=', row.id)
    .executeTakeFirstOrThrow()
  const { id, expires_at } = approval
  const link = approvalLink(app, id)
  return { ...progress, state: 'parked', approval: { id, link, expiresAt: new Date(expires_at).toISOString() } }
}

function noCall(id: string): Fault {
  return new Fault('not_found', `There is no call "${id.slice(0, 100)}" that you can see, or it is still running.`)
}
