import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { type CallProgress, getCall } from '../../calls/get-call.ts'
import { answerKeptMs } from '../../calls/parked.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import type { ClientAbilities } from './client-abilities.ts'
import { writeRequestState } from './request-state.ts'
import type { ToolResult } from './tool-result.ts'

const pollIntervalMs = 5_000
const approvalMessage =
  'This call needs your approval. Open ClawLink to see exactly what would be sent, and decide there.'
const connectMessage = 'Open ClawLink to connect the app. It shows who asks and for what before you sign in anywhere.'

/**
 * What `tools/call` answers to a client that can wait for a person in a way of its own: a task (SEP-2663), or a link to
 * show (2026-07-28, elicitation in URL mode). Undefined for all others, which get the plain result, and for every call
 * that need not wait. The call, or the connect session, is durable by then.
 */
export async function goesOn(
  app: App,
  principal: AgentPrincipal,
  { parked }: ToolResult,
  can: ClientAbilities,
): Promise<object | undefined> {
  if (!parked) return undefined
  const { id, link } = parked
  const isCall = isId('call', id)
  if (can.tasks && isCall) {
    const progress = await getCall(app, principal, id)
    return progress instanceof Fault ? undefined : { content: [], resultType: 'task', ...taskOf(app, progress) }
  }
  if (!can.links || link === undefined) return undefined
  const params = { mode: 'url', message: isCall ? approvalMessage : connectMessage, url: link }
  return {
    resultType: 'input_required',
    inputRequests: { [isCall ? 'approval' : 'connection']: { method: 'elicitation/create', params } },
    requestState: writeRequestState(app, principal, id),
  }
}

/** A call that goes on later as a task, but for its result. It has the call's id. */
export function taskOf(app: App, seen: CallProgress) {
  const { callId, state, startedAt, changedAt } = seen
  const statusMessage = messageOf(seen)
  return {
    taskId: callId,
    status: state !== 'ended' ? 'working' : isCanceled(seen) ? 'cancelled' : 'completed',
    ...(statusMessage !== undefined && { statusMessage }),
    createdAt: new Date(startedAt).toISOString(),
    lastUpdatedAt: new Date(changedAt).toISOString(),
    ttlMs: app.config.approvalHours * 60 * 60 * 1000 + answerKeptMs,
    pollIntervalMs,
  }
}

export function isCanceled({ ended }: CallProgress): boolean {
  return ended?.outcome.kind === 'failed' && ended.outcome.fault.code === 'canceled'
}

/** What it waits for, in a sentence. */
export function messageOf({ state, approval, queue, progress }: CallProgress): string | undefined {
  if (approval) return `Waiting for a person to approve this call: ${approval.link}`
  if (queue) return `Waiting for its turn, as number ${queue.position}; expected at ${queue.expectedAt}.`
  if (state !== 'running' || progress?.percent === undefined) return undefined
  return `The provider works on it: ${progress.percent} %.`
}
