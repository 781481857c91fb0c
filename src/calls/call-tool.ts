import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { attempt } from './attempt.ts'
import { buildAttempt } from './build-attempt.ts'
import type { Call, CallRequest, EndedCall, ReadyCall } from './call.ts'
import { closeCall } from './close-call.ts'
import { decide } from './decide.ts'
import { prepareCall } from './prepare-call.ts'

/**
 * Runs one tool once, in a straight line: prepare (tool, arguments, connection, policy), build the request, attempt,
 * decide, close. However it ends, one usage row is written before this resolves.
 */
export async function callTool(app: App, principal: AgentPrincipal, request: CallRequest): Promise<EndedCall> {
  const startedAt = app.clock.now()
  const call: Call = { id: newId('call', startedAt), startedAt, principal, request }

  const ready = await prepareCall(app, call)
  if (ready instanceof Fault) {
    return closeCall(app, call, { kind: 'failed', fault: ready }, { tool: app.catalog.tools.get(request.tool) })
  }
  const built = buildAttempt(ready)
  if (built instanceof Fault) return closeCall(app, call, { kind: 'failed', fault: built }, { ready })

  const held = app.gate.hold(ready, startedAt)
  if (held) return closeCall(app, call, { kind: 'failed', fault: held }, { ready })

  const { classified, effort } = await attempt(app, ready, built)
  app.gate.learn(ready, classified, app.clock.now())
  try {
    return await closeCall(app, call, decide(ready.tool, classified), { ready, effort })
  } catch (cause) {
    return unrecorded(app, ready, cause)
  }
}

/** A write that was sent but is in no record must not look like one that can simply be tried again. */
function unrecorded(app: App, { call, tool, coerced }: ReadyCall, cause: unknown): EndedCall {
  if (tool.effect === 'read') throw cause
  app.log.error({ err: cause, callId: call.id, tool: tool.name }, 'a call could not be recorded')
  const fault = new Fault('outcome_unknown', 'ClawLink could not record this call. Whether it happened is not known.')
  return { id: call.id, tool: tool.name, outcome: { kind: 'unknown', fault }, coerced }
}
