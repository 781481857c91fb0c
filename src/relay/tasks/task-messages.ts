import type { App } from '../../app.ts'
import type { RelayTaskRow } from '../../db/relay-schema.ts'
import { messageIdFor } from '../messages/message.ts'
import type { NewMessage } from '../messages/new-message.ts'
import { priorityOf } from '../priority.ts'
import { messageLastsMs } from '../retention.ts'
import type { TaskBody } from './task.ts'

/**
 * The same change of a task has one message for each receiver. A task that was forgotten may be given again under its id, while
 * messages of the former one are still kept: those are others.
 */
const idOf = ({ workspace_id, id, created_at }: RelayTaskRow, what: string) =>
  messageIdFor(workspace_id, `${id} ${created_at}`, what)

/** What puts a task into the mailbox of whoever is to do it. `row` is as it stands once that is stored. */
export function offerMessage(row: RelayTaskRow, { task, attachments }: TaskBody): NewMessage {
  return {
    id: idOf(row, `offer ${row.version}`),
    workspaceId: row.workspace_id,
    mailbox: row.to_agent,
    toDevice: row.to_device,
    from: { agentId: row.from_agent, device: row.from_device },
    kind: 'task',
    thread: row.thread,
    taskId: row.id,
    priority: priorityOf(row.lane),
    body: {
      task,
      attachments,
      capability: row.capability || null,
      deadline: new Date(row.deadline_at).toISOString(),
    },
    contentId: row.content_id,
    expiresAt: row.deadline_at,
  }
}

/** What tells an agent how a task goes. `row` is as it stands once that is stored. */
export function updateMessage(
  app: App,
  row: RelayTaskRow,
  {
    to,
    from,
    step,
    said,
  }: { to: string; from: { agentId: string; device: string }; step: string; said: Record<string, unknown> },
): NewMessage {
  return {
    id: idOf(row, `${row.version} to ${to}`),
    workspaceId: row.workspace_id,
    mailbox: to,
    from,
    kind: 'task_update',
    thread: row.thread,
    taskId: row.id,
    priority: priorityOf(row.lane),
    body: { taskId: row.id, state: row.state, step, version: row.version, ...said },
    expiresAt: app.relay.now() + messageLastsMs(app),
  }
}
