import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { isId } from '../core/ids.ts'
import type { Ending } from '../core/outcome.ts'
import type { EndedCall } from './call.ts'
import { type CallFacts, howFar, type OpenCall } from './how-far.ts'
import { getUsage, type Usage } from './list-usage.ts'
import { keptAnswer } from './parked.ts'

/** How far a call is. `startedAt` and `changedAt` are 0 for a call that never was parked or under an idempotency key. */
export type CallProgress = Omit<OpenCall, 'call'> & {
  /** What it is; there while it has not ended, and after that in `usage`. */
  call?: CallFacts
  /** How it ended, for a day after; only of a call that was parked, or made under an idempotency key. */
  ended?: EndedCall<Ending>
  usage?: Usage
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
  const [open] = row && row.state !== 'ended' ? await howFar(app, [row]) : []
  if (open) return open
  const usage = await getUsage(app.db, principal, id)
  if (!usage) return noCall(id)
  const progress = { callId: id, state: 'ended' as const, usage, startedAt: row?.started_at ?? 0 }
  const ended = row && (await keptAnswer(app, row))
  return { ...progress, changedAt: row?.ended_at ?? 0, ...(ended && { ended }) }
}

function noCall(id: string): Fault {
  return new Fault('not_found', `There is no call "${id.slice(0, 100)}" that you can see, or it is still running.`)
}
