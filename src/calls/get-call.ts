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

/** `parked`: it waits for a member. `queued`: for its turn. `running`: it is sent or about to be, or the provider works on it. */
export type CallState = 'parked' | 'queued' | 'running' | 'ended'

/** How far a call is. */
export type CallProgress = {
  callId: string
  state: CallState
  /** There while a member has to decide. */
  approval?: { id: string; link: string; expiresAt: string }
  /** There while it waits for its turn: as which one for this account, and when it is expected to be sent. */
  queue?: { position: number; expectedAt: string }
  /** There once the provider has said how far it is with it. */
  progress?: Progress
  /** How it ended, for a day after; only of a call that was parked, or made under an idempotency key. */
  ended?: EndedCall<Ending>
  usage?: Usage
  /** When it was parked and when it last changed, Unix milliseconds; 0 for a call that never was. */
  startedAt: number
  changedAt: number
}

/** Wakes who waits for news of a call that has not ended. */
export const progressTopic = (callId: string) => `progress ${callId}`

/** What a provider says about work that takes it longer. */
export type Progress = { percent?: number; message?: string }

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

export function stateOf({ state }: CallRow): CallState {
  if (state === 'awaiting_approval') return 'parked'
  return state === 'queued' || state === 'ended' ? state : 'running'
}

async function unended(app: App, row: CallRow): Promise<CallProgress> {
  const progress = { callId: row.id, startedAt: row.started_at, changedAt: row.sent_at ?? row.started_at }
  const state = stateOf(row)
  if (state === 'queued') return { ...progress, state, queue: await queueOf(app, row) }
  const told: Progress | undefined = row.progress ? JSON.parse(row.progress) : undefined // as it is written
  if (state !== 'parked') return { ...progress, state, ...(told && { progress: told }) }
  const approval = await app.db.read
    .selectFrom('approvals')
    .select(['id', 'expires_at'])
    .where('call_id', '=', row.id)
    .executeTakeFirstOrThrow()
  const { id, expires_at } = approval
  const link = approvalLink(app, id)
  return { ...progress, state: 'parked', approval: { id, link, expiresAt: new Date(expires_at).toISOString() } }
}

/** Its place among the calls that wait for the same account, and when its job looks whether it is its turn. */
async function queueOf(app: App, { id, connection_id, started_at }: CallRow): Promise<CallProgress['queue'] & object> {
  const before = app.db.read
    .selectFrom('calls')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('connection_id', '=', connection_id)
    .where('state', '=', 'queued')
    .where('started_at', '<', started_at)
  const job = app.db.read
    .selectFrom('jobs')
    .select('run_at')
    .where('subject', '=', id)
    .where('kind', '=', 'resume_call')
  const [{ count }, due] = await Promise.all([before.executeTakeFirstOrThrow(), job.executeTakeFirst()])
  const at = Math.max(due?.run_at ?? 0, app.clock.now())
  return { position: Number(count) + 1, expectedAt: new Date(at).toISOString() }
}

function noCall(id: string): Fault {
  return new Fault('not_found', `There is no call "${id.slice(0, 100)}" that you can see, or it is still running.`)
}
