import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { canonicalJson } from '../../../core/json.ts'
import type { Box } from '../../../relay/box.ts'
import { ackMessages } from '../../../relay/messages/ack-messages.ts'
import { findHeld } from '../../../relay/messages/find-held.ts'
import { digestOf } from '../../../relay/messages/message.ts'
import { sendMessage } from '../../../relay/messages/send-message.ts'
import { changeTask, type TaskChanging } from '../../../relay/tasks/change-task.ts'
import { respondTool } from '../protocol.ts'
import { wrongArgument } from '../wrong-argument.ts'

/** The states that a response leads to, as models know them, and `answered`. */
export const statuses = [
  'accepted',
  'in_progress',
  'input_required',
  'answered',
  'completed',
  'failed',
  'rejected',
  'canceled',
] as const
type Status = (typeof statuses)[number]

export type Responding = {
  taskId?: string | undefined
  messageId?: string | undefined
  status?: Status | undefined
  /** What is said: text, or any JSON. */
  content?: unknown
}

/** Answers a task or a message, and acknowledges what was received of it. Responding the same again is harmless. */
export async function respond(
  app: App,
  box: Box,
  { taskId, messageId, status, content }: Responding,
): Promise<object | Fault> {
  if ((taskId === undefined) === (messageId === undefined))
    return invalid('taskId', 'either this, for a task, or `messageId`, for a message, must be there')
  if (messageId !== undefined) return reply(app, box, { messageId, content })
  if (status === undefined) return invalid('status', 'must be there for a task')
  if (status === 'input_required' && !textOf(content)) return invalid('content', 'must be there: the question')
  if (status === 'answered' && !textOf(content)) return invalid('content', 'must be there: the answer')
  const task = await changeTask(app, box, taskId ?? '', changeOf(status, content))
  if (task instanceof Fault) return task
  await acknowledge(app, box, { taskId: task.id })
  return { taskId: task.id, state: task.state, ...(nextOf[status] && { next: nextOf[status] }) }
}

const invalid = (field: string, problem: string): Fault => wrongArgument(respondTool, field, problem)

function changeOf(status: Status, content: unknown): TaskChanging {
  const text = content === undefined ? undefined : textOf(content)
  if (status === 'accepted') return { step: 'accept', note: text }
  if (status === 'in_progress') return { step: 'progress', note: text }
  if (status === 'input_required') return { step: 'ask', question: text }
  if (status === 'answered') return { step: 'answer', answer: content }
  if (status === 'completed') return { step: 'complete', result: content }
  if (status === 'failed') return { step: 'fail', reason: text }
  if (status === 'rejected') return { step: 'reject', reason: text }
  return { step: 'cancel', reason: text }
}

const textOf = (content: unknown): string =>
  typeof content === 'string' ? content : content === undefined ? '' : JSON.stringify(content)

const nextOf: Partial<Record<Status, string>> = {
  accepted: 'Do it now, then respond completed with the result, failed, or input_required with a question.',
  in_progress: 'Go on.',
  input_required: 'The answer comes to your inbox.',
}

/** To whom the message came from, once: the same words in reply to the same message are the same reply. */
async function reply(
  app: App,
  box: Box,
  { messageId, content }: { messageId: string; content: unknown },
): Promise<object | Fault> {
  if (!textOf(content)) return invalid('content', 'must be there for a message')
  const row = await app.db.read
    .selectFrom('relay_messages')
    .select(['from_agent', 'thread', 'kind', 'task_id'])
    .where('id', '=', messageId)
    .where('mailbox', '=', box.agentId)
    .executeTakeFirst()
  if (!row) return new Fault('not_found', `There is no message ${messageId.slice(0, 100)} in your inbox.`)
  if (row.kind === 'task' || row.kind === 'task_update')
    return invalid('messageId', `is about a task: respond with taskId ${row.task_id} and a status`)
  const sent = await sendMessage(app, box, {
    to: row.from_agent,
    body: content,
    messageId: `reply ${digestOf(canonicalJson([messageId, content]))}`,
    thread: row.thread || undefined,
    replyTo: messageId,
  })
  if (sent instanceof Fault) return sent
  await acknowledge(app, box, { ids: [messageId] })
  return { messageId: sent.id, to: sent.to.name, repeated: sent.repeated || undefined }
}

/** What this device does not hold any more is somebody else's to acknowledge: the response stands all the same. */
async function acknowledge(app: App, box: Box, which: { taskId: string } | { ids: string[] }): Promise<void> {
  const held = (await findHeld(app, box, which)).filter(({ isHeld }) => isHeld)
  if (held.length) await ackMessages(app, box, held)
}
