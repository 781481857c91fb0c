import { keyEnded } from '../accounts/key-lasts.ts'
import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { innerFault } from '../db/inner-fault.ts'
import { admit, type Held, workerWaitMs } from './admit.ts'
import { attempts } from './attempts.ts'
import { buildAttempt } from './build-attempt.ts'
import type { Call, CallRequest, EndedCall, ReadyCall } from './call.ts'
import { closeCall } from './close-call.ts'
import { digestOf } from './digest.ts'
import { endingOf } from './ending-of.ts'
import { followPages } from './follow-pages.ts'
import { callUnderKey } from './idempotency/call-under-key.ts'
import { overtaken, takeKey } from './idempotency/key-rows.ts'
import { checkOutput } from './output/check-output.ts'
import { parkCall } from './park-call.ts'
import { beginSending } from './parked.ts'
import { prepareCall } from './prepare-call.ts'
import { submitJob } from './provider-jobs/submit-job.ts'
import { queueCall } from './queue-call.ts'
import { queuedFault } from './queued-fault.ts'
import { storeOutput } from './store-output.ts'

/**
 * Runs one tool once, in a straight line: prepare (tool, arguments, connection, policy), build the request, attempts,
 * close. However it ends, one usage row is written before this resolves. One that has to be approved first is
 * parked: its row is written when it ends.
 */
export function callTool(app: App, principal: AgentPrincipal, request: CallRequest): Promise<EndedCall> {
  const startedAt = app.clock.now()
  const call = { id: newId('call', startedAt), startedAt, principal, request }
  const { idempotencyKey } = request
  return idempotencyKey === undefined ? runCall(app, call) : callUnderKey(app, call, idempotencyKey, runCall)
}

/** The way of every call, new or approved: one that needs an approval and has none is parked instead of sent. */
export async function runCall(app: App, call: Call): Promise<EndedCall> {
  const { principal, request, resumed, keyed } = call
  // A call that goes on was counted when it came.
  const limited = resumed ? undefined : app.keyLimits.begin(principal, call.startedAt)
  const ready = (limited instanceof Promise ? await limited : limited) ?? (await prepareCall(app, call))
  if (ready instanceof Fault) {
    return closeCall(app, call, { kind: 'failed', fault: ready }, { tool: app.catalog.tools.get(request.tool) })
  }
  const built = buildAttempt(ready)
  if (built instanceof Fault) return closeCall(app, call, { kind: 'failed', fault: built }, { ready })

  if (ready.approval && !resumed) return parkCall(app, ready)
  // What was not asked of a member when it began is not sent without one because it waited.
  if (resumed && (digestOf(ready) !== resumed.digest || (ready.approval && !resumed.approved)))
    return closeCall(app, call, { kind: 'failed', fault: notAsBegun() }, { ready })
  if (!resumed && (request.wait === false || ready.tool.row.job))
    return queueCall(app, ready, { runAt: call.startedAt })

  const waitMs = resumed && !keyed ? Math.min(app.config.paceWaitMs, workerWaitMs) : app.config.paceWaitMs
  const admitting = admit(app, ready, waitMs)
  // Whoever waited may have lost their key meanwhile.
  const held = admitting instanceof Promise ? ((await admitting) ?? (await keyEnded(app, principal))) : admitting
  if (held) return notNow(app, ready, held)
  if (resumed && !(await beginSending(app, call.id, resumed)))
    return later(call, new Fault('in_progress', 'It is being sent.'))
  if (keyed && !resumed && !(await takeKey(app, ready))) return overtaken(app, call)

  const tried = await attempts(app, ready, built)
  const first = { ending: checkOutput(app, ready, endingOf(ready.tool, tried, built)), effort: tried.effort }
  const { job } = ready.tool.row
  if (job && first.ending.kind === 'succeeded') return submitJob(app, ready, job, { ...first, ending: first.ending })
  const { ending: made, effort } = request.all ? await followPages(app, ready, first) : first
  const storing = storeOutput(app, ready, made, effort)
  const ending = storing instanceof Promise ? await storing : storing
  try {
    return await closeCall(app, call, ending, { ready, effort })
  } catch (cause) {
    if (keyed) return unended(app, call, cause)
    if (resumed) throw cause // another run finds out how far it got
    return unrecorded(app, ready, cause)
  }
}

function later({ id, request }: Call, fault: Fault): EndedCall {
  return { id, tool: request.tool, outcome: { kind: 'parked', fault }, coerced: [] }
}

/** A call that is not to be sent just now: it waits for its turn, or ends when no turn will come by waiting. */
async function notNow(app: App, ready: ReadyCall, held: Held): Promise<EndedCall> {
  const { call } = ready
  if (held instanceof Fault)
    return call.resumed ? later(call, held) : closeCall(app, call, { kind: 'failed', fault: held }, { ready })
  return call.resumed ? later(call, queuedFault(held, app.clock.now())) : queueCall(app, ready, held)
}

function notAsBegun(): Fault {
  return new Fault('approval_denied', 'What would be sent now is not what was asked for then, so it was not sent.', {
    fix: 'Call again, with another idempotency key if it had one: a member will be asked about the call as it is now.',
  })
}

/** A call under a key stays as it is, and the next one under that key finds out how far it got. */
function unended(app: App, call: Call, cause: unknown): EndedCall {
  app.log.error({ err: cause, callId: call.id }, 'a call under a key could not be ended')
  const fix = 'Call again with the same key.'
  return later(call, new Fault('in_progress', 'How this call ended could not be recorded yet.', { fix }))
}

/** A write that was sent but is in no record must not look like one that can simply be tried again. */
function unrecorded(app: App, { call, tool, coerced }: ReadyCall, cause: unknown): EndedCall {
  app.log.error({ err: cause, callId: call.id, tool: tool.name }, 'a call could not be recorded')
  const fault = innerFault(cause)
  const ended = { id: call.id, tool: tool.name, coerced }
  if (tool.effect === 'read') return { ...ended, outcome: { kind: 'failed', fault } }
  const unknown = `The call could not be recorded, and whether it happened is not known. ${fault.message}`
  return { ...ended, outcome: { kind: 'unknown', fault: new Fault('outcome_unknown', unknown) } }
}
