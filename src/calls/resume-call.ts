import { admitted, knownKey } from '../accounts/authenticate.ts'
import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { Tool } from '../catalog/catalog.ts'
import { Fault } from '../core/errors.ts'
import type { ApprovalRow, CallRow } from '../db/schema.ts'
import type { JobEnd, JobKind } from '../jobs/job.ts'
import { createSlots, type Slots } from '../jobs/slots.ts'
import { expiredFault } from './approvals/expire-approval.ts'
import type { Resumed } from './call.ts'
import { runCall } from './call-tool.ts'
import { closeCall } from './close-call.ts'
import { mayRepeat } from './may-repeat.ts'
import { approvalLastsMs, callOf, keptRequest, queuedMaxMs } from './parked.ts'
import { followJob } from './provider-jobs/follow-job.ts'
import { unstatedWaitMs } from './retry-after.ts'

/** A call whose turn comes any moment is looked at again after a pause: without one, a worker would do nothing else. */
const againMsMin = 100

/** Goes on with a call that a member has approved, or that waited for its turn. `subject` is the call's id. */
export const resumeCallJob = (app: App): JobKind => {
  // A slow account keeps nobody else's calls from going on, and calls leave room for other jobs.
  const slots = createSlots(app.clock.now, { atOnce: 6, ofOne: 3 })
  return {
    failuresMax: 10,
    run: job => resumeCall(app, job.subject, slots),
    async dead({ subject }) {
      const parked = await findParked(app, subject)
      if (parked)
        await close(app, parked, new Fault('internal', 'It could not be finished, however often it was tried.'))
    },
  }
}

type ParkedCall = { row: CallRow; approval: ApprovalRow | undefined }

async function resumeCall(app: App, callId: string, slots: Slots): Promise<JobEnd> {
  const parked = await findParked(app, callId)
  if (!parked) return 'done'
  const slot = slots.take(parked.row.connection_id)
  if ('againAt' in slot) return slot
  return goOn(app, parked).finally(slot.leave)
}

async function goOn(app: App, parked: ParkedCall): Promise<JobEnd> {
  const { row } = parked
  if (row.state === 'submitted') return followJob(app, callOf(row, resumedOf(app, parked)), row)
  const tool = app.catalog.tools.get(row.tool)
  const principal = await principalOf(app, row)
  const request = await keptRequest(app, row)
  const refused = notToBeSent(parked, tool, app.clock.now())
  if (refused || principal instanceof Fault || request instanceof Fault) {
    const fault = [refused, principal, request].find(each => each instanceof Fault)
    await close(app, parked, fault ?? new Fault('internal', 'This call cannot be sent.'))
    return 'done'
  }
  const call = { id: row.id, startedAt: row.started_at, principal, request, resumed: resumedOf(app, parked) }
  const { outcome } = await runCall(app, call)
  if (outcome.kind !== 'parked') return 'done'
  return { againAt: app.clock.now() + Math.max(againMsMin, outcome.fault.details.retryAfterMs ?? unstatedWaitMs) }
}

/** The call, and its approval where it needed one, while it may go on and has not ended. */
async function findParked(app: App, callId: string): Promise<ParkedCall | undefined> {
  const row = await app.db.read.selectFrom('calls').selectAll().where('id', '=', callId).executeTakeFirst()
  if (!row || row.state === 'ended' || row.state === 'awaiting_approval') return undefined
  const approval = await app.db.read
    .selectFrom('approvals')
    .selectAll()
    .where('call_id', '=', callId)
    .where('state', '=', 'approved')
    .executeTakeFirst()
  return { row, approval }
}

/**
 * Why a call is not sent (again), if so. Pure. One that was being sent when its process died is repeated only if
 * that is harmless: a read, a natural repeat, or a provider that honours the call's own key.
 */
function notToBeSent({ row, approval }: ParkedCall, tool: Tool | undefined, nowMs: number): Fault | undefined {
  if (row.state === 'sending') {
    if (mayRepeat(tool, row.sent_at ?? 0, nowMs)) return undefined
    return new Fault('conflict', 'it might happen twice.')
  }
  if (!approval) return nowMs >= row.started_at + queuedMaxMs ? neverItsTurn() : undefined
  const until = Math.max(approval.expires_at, (approval.decided_at ?? 0) + approvalLastsMs)
  return nowMs >= until ? expiredFault('The approval of this call ran out before it could be sent.') : undefined
}

function neverItsTurn(): Fault {
  return new Fault('rate_limited', 'This call waited for its turn for a day, and was given up.')
}

function resumedOf(app: App, { row, approval }: ParkedCall): Resumed {
  const { digest, state } = row
  const mayHaveBeenSent = state === 'sending' || state === 'submitted'
  return { at: row.sent_at ?? app.clock.now(), digest, approved: approval !== undefined, mayHaveBeenSent }
}

async function close(app: App, parked: ParkedCall, fault: Fault): Promise<void> {
  const { row } = parked
  const tool = app.catalog.tools.get(row.tool)
  const call = callOf(row, resumedOf(app, parked))
  await closeCall(app, call, { kind: 'failed', fault }, { tool, connectionId: row.connection_id })
}

/**
 * Who asked, with what they may do now. A key that was revoked or has run out since sends nothing any more; one that was
 * exchanged for a new one does so with the rights of that.
 */
async function principalOf(app: App, row: CallRow): Promise<AgentPrincipal | Fault> {
  if (row.key_id === '') return { ...callOf(row).principal, scope: {} }
  let keyId = row.key_id
  for (;;) {
    const key = await app.db.read.selectFrom('keys').selectAll().where('id', '=', keyId).executeTakeFirst()
    const found = key ? admitted(knownKey(key), app.clock.now()) : undefined
    if (!key || key.revoked_at !== null || key.agent_id !== row.agent_id || !key.replaced_by) {
      return found ?? new Fault('unauthorized', 'The key of this call is gone.')
    }
    if (found && !(found instanceof Fault)) return found
    keyId = key.replaced_by
  }
}
