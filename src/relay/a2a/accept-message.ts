import { Message, type SendMessageRequest } from '@a2a-js/sdk'
import { RequestMalformedError, UnsupportedOperationError } from '@a2a-js/sdk/errors'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { canonicalJson } from '../../core/json.ts'
import { boxOf } from '../box.ts'
import { digestOf } from '../messages/message.ts'
import { changeTask } from '../tasks/change-task.ts'
import { delegateTask } from '../tasks/delegate-task.ts'
import type { TaskDetail } from '../tasks/get-task.ts'
import { textOf } from './a2a-task.ts'
import { asA2aError } from './as-a2a-error.ts'
import { a2aDevice } from './device.ts'
import { ownTask } from './own-task.ts'

/** Of what a task of the relay holds as text; the rest of a longer one is in its context, where all of it is. */
const textLengthMax = 8_000

/**
 * Stores a message of a client: as a new task of the agent, or as the answer that one waits for. The same message again does
 * nothing more; another one under its id is another one, since some clients take ids anew. Throws errors of A2A.
 */
export async function acceptMessage(
  app: App,
  principal: AgentPrincipal,
  agentId: string,
  { message }: SendMessageRequest,
): Promise<TaskDetail> {
  if (!message) throw new RequestMalformedError('message is missing.')
  if (!message.messageId) throw new RequestMalformedError('message.messageId is missing.')
  // A part of A2A 0.3 has a kind and may lack what that says: nobody could ever be shown it in that version.
  if (!message.parts.length || message.parts.some(({ content }) => (content?.value ?? undefined) === undefined))
    throw new RequestMalformedError('message.parts must hold at least one part, each with text, raw, url or data.')
  if (message.taskId) return answer(app, principal, agentId, message)

  const text = textOf(message.parts)
  const a2a = Message.toJSON(message)
  const task = await delegateTask(app, boxOf(principal, a2aDevice), {
    to: agentId,
    task: shortened(text.trim() ? text : 'The message is in `context.a2a.parts`.'),
    context: { a2a },
    messageId: `a2a ${digestOf(canonicalJson([agentId, a2a]))}`,
    thread: message.contextId || undefined,
  })
  if (task instanceof Fault) throw asA2aError(task)
  return ownTask(app, principal, agentId, task.id)
}

async function answer(app: App, principal: AgentPrincipal, agentId: string, message: Message): Promise<TaskDetail> {
  const task = await ownTask(app, principal, agentId, message.taskId)
  if (message.contextId && message.contextId !== task.thread)
    throw new RequestMalformedError('message.contextId is not that of the task.')
  if (wasSaid(task, message.messageId)) return task
  if (task.state !== 'input_required')
    throw new UnsupportedOperationError(
      `The task is ${task.state}: it takes a message only while it waits for input. Send one without taskId for a new task.`,
    )
  const answered = await changeTask(app, boxOf(principal, a2aDevice), task.id, {
    step: 'answer',
    version: task.version,
    answer: { text: textOf(message.parts), a2a: Message.toJSON(message) },
  })
  if (answered instanceof Fault) {
    const now = await ownTask(app, principal, agentId, task.id)
    if (wasSaid(now, message.messageId)) return now
    throw asA2aError(answered, 'answering')
  }
  return ownTask(app, principal, agentId, task.id)
}

/** Whether the task has this message of the client already. */
function wasSaid({ context, history }: TaskDetail, messageId: string): boolean {
  const idIn = (value: unknown): unknown => Object(Object(value).a2a).messageId
  return idIn(context) === messageId || history.some(({ said }) => idIn(said.answer) === messageId)
}

const shortened = (text: string): string =>
  text.length <= textLengthMax
    ? text
    : `${text.slice(0, textLengthMax).toWellFormed()}… (All of it is in \`context.a2a.parts\`.)`
