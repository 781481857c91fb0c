import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { canonicalJson } from '../../core/json.ts'
import type { RelayTaskRow } from '../../db/relay-schema.ts'
import { findRecipient, type Recipient } from '../agents/find-recipient.ts'
import { sealBody, sealText } from '../body.ts'
import type { Box } from '../box.ts'
import { badNames, jsonOf } from '../messages/check-sent.ts'
import { digestOf } from '../messages/message.ts'
import { takeRoom } from '../messages/room.ts'
import { laneOf, type Priority } from '../priority.ts'
import { messageLastsMs } from '../retention.ts'
import { chooseAssignee } from './choose-assignee.ts'
import { commitNewTask } from './commit-task.ts'
import { lookAgainMs } from './look-at-task.ts'
import { findTask, type Task, viewOfTask } from './task.ts'
import { offerMessage } from './task-messages.ts'

export type Delegation = {
  /** An agent's id or name, or `name/device`; or else `capability`. */
  to?: string | undefined
  /** Whoever is online and can do this gets it, and the next one when that one goes quiet. */
  capability?: string | undefined
  /** What is to be done. */
  task: string
  /** Any JSON, up to 1 MiB. */
  context?: unknown
  /** Keys of shared files. */
  attachments?: string[] | undefined
  priority?: Priority | undefined
  deadlineMs?: number | undefined
  /** The agent that is told how it goes; otherwise the sender. */
  replyTo?: string | undefined
  /** The sender's own id of it: delegating again then does nothing more. */
  messageId?: string | undefined
  thread?: string | undefined
}

const deadlineMaxMs = 30 * 24 * 60 * 60 * 1000
const taskBytesMax = 32 * 1024
const attachmentsMax = 100
const attachmentLengthMax = 500

/** Gives a task to an agent, or to whoever can do it. Resolves once it is durable. Faults as those of `sendMessage`. */
export async function delegateTask(app: App, box: Box, asked: Delegation): Promise<Task | Fault> {
  const bad = badDelegation(asked)
  if (bad) return bad
  const json = asked.context === undefined ? '' : jsonOf(asked.context, 'context')
  if (json instanceof Fault) return json
  app.relay.presence.note(box)
  const { workspaceId, agentId } = box
  const to = asked.to === undefined ? undefined : await findRecipient(app, workspaceId, asked.to)
  if (to instanceof Fault) return to
  const replyTo = asked.replyTo === undefined ? undefined : await findRecipient(app, workspaceId, asked.replyTo)
  if (replyTo instanceof Fault) return replyTo

  const digest = asked.messageId === undefined ? '' : digestOfAsked(to, replyTo, asked)
  const id = asked.messageId === undefined ? newId('task', app.clock.now()) : taskIdFor(box, asked.messageId)
  const repeated = asked.messageId === undefined ? undefined : await repeatOf(app, box, { id, digest })
  if (repeated) return repeated
  const body = { task: asked.task, attachments: asked.attachments ?? [] }
  const bytes = Buffer.byteLength(json) + Buffer.byteLength(JSON.stringify(body))
  const full = to && (await takeRoom(app, to, bytes))
  if (full) return full
  const assignee = to ?? (await chosen(app, box, asked.capability ?? '', bytes))

  const now = app.relay.now()
  const deadline = now + Math.min(asked.deadlineMs ?? messageLastsMs(app), deadlineMaxMs)
  const offeredUntil = to || !assignee ? 0 : now + app.config.relayOfferSeconds * 1000
  const row: RelayTaskRow = {
    id,
    workspace_id: workspaceId,
    from_agent: agentId,
    from_device: box.device,
    to_agent: assignee?.id ?? '',
    to_device: assignee?.device ?? '',
    capability: asked.capability ?? '',
    reply_to: replyTo?.id ?? agentId,
    thread: asked.thread ?? id,
    lane: laneOf(asked.priority ?? 'normal'),
    state: 'submitted',
    digest,
    sealed: await sealBody(app, { workspaceId, id }, body),
    content_id: json && id,
    version: 1,
    lease_until: offeredUntil,
    tried: '[]',
    next_at: Math.min(deadline, to ? deadline : offeredUntil || now + lookAgainMs),
    deadline_at: deadline,
    created_at: now,
    updated_at: now,
    ended_at: null,
  }
  const stored = await commitNewTask(app, row, {
    step: 'delegate',
    by: { by_kind: 'agent', by_id: agentId },
    said: {},
    messages: assignee ? [offerMessage(row, body)] : [],
    content: json ? await sealText(app, { workspaceId, id }, json) : undefined,
  })
  if (stored) return viewOfTask(app, row)
  // Delegated twice at the same moment: the other one was first.
  return (await repeatOf(app, box, { id, digest })) ?? new Fault('internal', 'The task could not be stored.')
}

const taskIdFor = ({ workspaceId, agentId }: Box, messageId: string) =>
  `task_${digestOf(`${workspaceId}\n${agentId}\n${messageId}`).slice(0, 32)}`

async function chosen(
  app: App,
  { workspaceId, agentId }: Box,
  capability: string,
  bytes: number,
): Promise<Recipient | undefined> {
  const id = await chooseAssignee(app, { workspaceId, capability, tried: [], not: [agentId], bytes })
  return id === undefined ? undefined : { id, name: '', device: '' }
}

function digestOfAsked(to: Recipient | undefined, replyTo: Recipient | undefined, asked: Delegation): string {
  const { capability, task, context, attachments = [], thread } = asked
  return digestOf(canonicalJson([to?.id, to?.device, capability, task, context, attachments, replyTo?.id, thread]))
}

async function repeatOf(
  app: App,
  { workspaceId }: Box,
  { id, digest }: { id: string; digest: string },
): Promise<Task | Fault | undefined> {
  const known = await findTask(app, workspaceId, id)
  if (!known) return undefined
  if (known.digest === digest) return viewOfTask(app, known)
  return new Fault('idempotency_conflict', 'You have delegated something else under this messageId.', {
    fix: 'Use a new messageId for a new task.',
  })
}

function badDelegation({
  to,
  capability,
  task,
  attachments = [],
  replyTo,
  messageId,
  thread,
}: Delegation): Fault | undefined {
  if ((to === undefined) === (capability === undefined))
    return new Fault('validation_error', 'Name either an agent in `to` or a `capability`.', {
      invalidFields: [{ field: 'to', problem: 'either this or `capability` must be there' }],
    })
  const bad = badNames({ to, capability, replyTo, messageId, thread })
  if (bad) return bad
  if (task.trim() === '' || Buffer.byteLength(task) > taskBytesMax)
    return new Fault('validation_error', `\`task\` must be 1 to ${taskBytesMax} bytes of text.`, {
      invalidFields: [
        { field: 'task', problem: `must be 1 to ${taskBytesMax} bytes; the rest belongs into \`context\`` },
      ],
    })
  if (attachments.length > attachmentsMax || attachments.some(key => key === '' || key.length > attachmentLengthMax))
    return new Fault('validation_error', `A task has ${attachmentsMax} attachments at most, which are keys of files.`, {
      invalidFields: [
        {
          field: 'attachments',
          problem: `must be ${attachmentsMax} keys of ${attachmentLengthMax} characters at most`,
        },
      ],
    })
  return undefined
}
