import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import type { Box } from '../../../relay/box.ts'
import { ackMessages } from '../../../relay/messages/ack-messages.ts'
import { heldBy } from '../../../relay/messages/held-by.ts'
import { sendMessage } from '../../../relay/messages/send-message.ts'
import { changeTask, type TaskChanging } from '../../../relay/tasks/change-task.ts'
import { delegateTask } from '../../../relay/tasks/delegate-task.ts'
import { findTask } from '../../../relay/tasks/task.ts'
import type { Live } from '../live.ts'
import type { Requests } from './requests.ts'
import type { ResponseBody } from './view.ts'
import { findTo, registeredBox } from './who.ts'

/** Gives a task to an agent; its id is the `message_id` by which it is answered. */
export async function delegate(
  app: App,
  live: Live,
  principal: AgentPrincipal,
  { from_agent, to_agent, task, context, priority }: Requests['delegate'],
) {
  const box = await registeredBox(app, principal, from_agent)
  if (box instanceof Fault) return box
  const to = await findTo(app, box.workspaceId, to_agent)
  if (to instanceof Fault) return to
  const given = await delegateTask(app, box, { to: to.ref, task, context, priority })
  if (given instanceof Fault) return given
  return { status: 'delegated', delivery: deliveryOf(live, to), message_id: given.id }
}

const deliveryOf = (live: Live, { id, device }: { id: string; device: string }) =>
  live.has(id, device || undefined) ? 'websocket' : 'queued'

/**
 * Answers a task, which takes it a step further and tells who gave it. What is no answer to a task of one's own, and what is
 * said in words of its own, goes to `to_agent` as a message.
 */
export async function respond(
  app: App,
  live: Live,
  principal: AgentPrincipal,
  { from_agent, to_agent, message_id, result = null, status }: Requests['respond'],
) {
  const box = await registeredBox(app, principal, from_agent)
  if (box instanceof Fault) return box
  const row = message_id ? await findTask(app, box.workspaceId, message_id) : undefined
  const task = row?.to_agent === box.agentId ? row : undefined
  const to = to_agent ? await findTo(app, box.workspaceId, to_agent) : undefined
  if (to instanceof Fault) return to
  const teller = task && { id: task.reply_to, device: '' }
  const receiver = to ?? teller
  if (!receiver) return new Fault('validation_error', 'to_agent is required.', { missingFields: ['to_agent'] })

  // Between devices of one agent only a message finds the right one.
  const isTold = task && receiver.id === task.reply_to && task.from_agent !== box.agentId
  const change = task && isTold ? changeOf(status, result) : undefined
  if (task && change) {
    const changed = await changeTask(app, box, task.id, change)
    if (changed instanceof Fault) return changed
  } else {
    if (task) await changeTask(app, box, task.id, silentChange(status, result))
    const body: ResponseBody = { task_response: { message_id: message_id ?? null, result, status } }
    const ref = to?.ref ?? receiver.id
    const sent = await sendMessage(app, box, { to: ref, body, replyTo: message_id ?? undefined })
    if (sent instanceof Fault) return sent
  }
  if (task) await settle(app, box, task.id)
  return { status: 'response_sent', delivery: deliveryOf(live, receiver) }
}

/** The step that a status is, where the relay has one that says as much. Pure. */
export function changeOf(status: string, result: unknown): TaskChanging | undefined {
  const text = typeof result === 'string' ? result : undefined
  if (status === 'completed') return { step: 'complete', result }
  if (status === 'failed') return { step: 'fail', result, ...(text && { reason: text }) }
  if (text === undefined) return undefined
  if (status === 'in_progress') return { step: 'progress', note: text }
  if (status === 'input_required') return { step: 'ask', question: text }
  return status === 'rejected' ? { step: 'reject', reason: text } : undefined
}

/** What is said in other words tells at least that somebody has the task, or is done with it. */
const silentChange = (status: string, result: unknown): TaskChanging =>
  status === 'completed' || status === 'failed'
    ? { step: status === 'completed' ? 'complete' : 'fail', result }
    : { step: 'accept' }

/** Whoever answers a task has it: it is not handed out again. */
async function settle(app: App, box: Box, taskId: string): Promise<void> {
  const held = (await heldBy(app, box)).filter(({ kind, task_id }) => kind === 'task' && task_id === taskId)
  if (held.length) await ackMessages(app, box, held)
}
