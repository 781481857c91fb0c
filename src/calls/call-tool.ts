import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { attempt } from './attempt.ts'
import { buildAttempt } from './build-attempt.ts'
import type { Call, CallRequest, EndedCall, ReadyCall } from './call.ts'
import { closeCall } from './close-call.ts'
import { decide } from './decide.ts'
import { digestOf } from './digest.ts'
import { parkCall } from './park-call.ts'
import { beginSending } from './parked.ts'
import { prepareCall } from './prepare-call.ts'

/**
 * Runs one tool once, in a straight line: prepare (tool, arguments, connection, policy), build the request, attempt,
 * decide, close. However it ends, one usage row is written before this resolves. One that has to be approved first is
 * parked: its row is written when it ends.
 */
export function callTool(app: App, principal: AgentPrincipal, request: CallRequest): Promise<EndedCall> {
  const startedAt = app.clock.now()
  return runCall(app, { id: newId('call', startedAt), startedAt, principal, request })
}

/** The way of every call, new or approved: one that needs an approval and has none is parked instead of sent. */
export async function runCall(app: App, call: Call): Promise<EndedCall> {
  const { principal, request, resumed } = call
  // A call that goes on was counted when it came.
  const limited = resumed ? undefined : app.keyLimits.begin(principal, call.startedAt)
  const ready = (limited instanceof Promise ? await limited : limited) ?? (await prepareCall(app, call))
  if (ready instanceof Fault) {
    return closeCall(app, call, { kind: 'failed', fault: ready }, { tool: app.catalog.tools.get(request.tool) })
  }
  const built = buildAttempt(ready)
  if (built instanceof Fault) return closeCall(app, call, { kind: 'failed', fault: built }, { ready })

  if (ready.approval && !resumed) return parkCall(app, ready)
  if (resumed && digestOf(ready) !== resumed.digest)
    return closeCall(app, call, { kind: 'failed', fault: notAsApproved() }, { ready })

  const held = app.gate.hold(ready, resumed?.at ?? call.startedAt)
  if (held) return resumed ? later(call, held) : closeCall(app, call, { kind: 'failed', fault: held }, { ready })
  if (resumed && !(await beginSending(app, call.id, resumed)))
    return later(call, new Fault('in_progress', 'It is being sent.'))

  const { classified, effort } = await attempt(app, ready, built)
  app.gate.learn(ready, classified, app.clock.now())
  try {
    return await closeCall(app, call, decide(ready.tool, classified), { ready, effort })
  } catch (cause) {
    if (resumed) throw cause // another run finds out how far it got
    return unrecorded(app, ready, cause)
  }
}

function later({ id, request }: Call, fault: Fault): EndedCall {
  return { id, tool: request.tool, outcome: { kind: 'parked', fault }, coerced: [] }
}

function notAsApproved(): Fault {
  return new Fault('approval_denied', 'What would be sent now is not what was approved, so it was not sent.', {
    fix: 'Call again: a member will be asked about the call as it is now.',
  })
}

/** A write that was sent but is in no record must not look like one that can simply be tried again. */
function unrecorded(app: App, { call, tool, coerced }: ReadyCall, cause: unknown): EndedCall {
  if (tool.effect === 'read') throw cause
  app.log.error({ err: cause, callId: call.id, tool: tool.name }, 'a call could not be recorded')
  const fault = new Fault('outcome_unknown', 'ClawLink could not record this call. Whether it happened is not known.')
  return { id: call.id, tool: tool.name, outcome: { kind: 'unknown', fault }, coerced }
}
