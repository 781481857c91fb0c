import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { awaitCall } from '../../calls/await-call.ts'
import { type Caller, hasGone } from '../../calls/call.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import { answerProgress } from '../answer-call.ts'
import { connectionProgress } from './connecting.ts'
import { invalidParams } from './invalid-params.ts'
import { readRequestState } from './request-state.ts'
import { resultOfFault, resultOfProgress, resultOfValue, type ToolResult } from './tool-result.ts'

/** A client's own limit is a minute or more, and the person has seen the page by then. */
const longestMs = 20_000

/**
 * What the call, or the connecting, came to when a client comes back that was given a link to show: its answer, or how far it is. That the
 * person opened the link, or did not want to, decides nothing: that they do on the page behind it.
 */
export async function afterLink(
  app: App,
  principal: AgentPrincipal,
  {
    state,
    responses,
    caller,
  }: { state: unknown; responses: Record<string, unknown> | undefined; caller: Caller | undefined },
): Promise<ToolResult> {
  const id = typeof state === 'string' ? readRequestState(app, principal, state) : undefined
  if (id === undefined) throw invalidParams('This requestState is not one of ClawLink’s for this agent. Call again.')
  const opened = Object(responses?.approval ?? responses?.connection).action === 'accept'
  const waiting = { id, waitMs: opened ? longestMs : 0, gone: hasGone(caller) }
  if (isId('csess', id)) {
    const session = await connectionProgress(app, principal, waiting)
    return session instanceof Fault ? resultOfFault(session) : resultOfValue(session)
  }
  const progress = await awaitCall(app, principal, waiting)
  if (progress instanceof Fault) return resultOfFault(progress)
  const { answer, fault } = answerProgress(progress)
  return fault ? resultOfFault(fault) : answer ? resultOfValue(answer) : resultOfProgress(progress)
}
