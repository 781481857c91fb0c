import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { RelayTaskRow, RelayTaskState } from '../../db/relay-schema.ts'
import { agentById } from '../agents/find-recipient.ts'
import { openBody } from '../body.ts'
import { type Priority, priorityOf } from '../priority.ts'

export type Party = { id: string; name: string }

/** A task as those who have to do with it see it. Times are ISO 8601. */
export type Task = {
  id: string
  from: Party
  /** Who has it; null while nobody suitable does. */
  to: Party | null
  capability: string | null
  /** What is to be done. */
  task: string
  /** Keys of shared files. */
  attachments: string[]
  priority: Priority
  state: RelayTaskState
  /** Counts up with each change. */
  version: number
  thread: string
  deadline: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
}

/** What is sealed in its row. */
export type TaskBody = { task: string; attachments: string[] }

const isoTime = (ms: number) => new Date(ms).toISOString()

export async function partyOf(app: App, workspaceId: string, id: string): Promise<Party> {
  return (await agentById(app, workspaceId, id)) ?? { id, name: '' }
}

export async function viewOfTask(app: App, row: RelayTaskRow): Promise<Task> {
  const { task, attachments } = await taskBody(app, row)
  return {
    id: row.id,
    from: await partyOf(app, row.workspace_id, row.from_agent),
    to: row.to_agent ? await partyOf(app, row.workspace_id, row.to_agent) : null,
    capability: row.capability || null,
    task,
    attachments,
    priority: priorityOf(row.lane),
    state: row.state,
    version: row.version,
    thread: row.thread,
    deadline: isoTime(row.deadline_at),
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
    endedAt: row.ended_at === null ? null : isoTime(row.ended_at),
  }
}

/** Empty when it does not open, which the log tells of. */
export async function taskBody(app: App, { id, workspace_id, sealed }: RelayTaskRow): Promise<TaskBody> {
  const body = await openBody(app, { workspaceId: workspace_id, id }, sealed)
  return body instanceof Fault ? { task: '', attachments: [] } : (body as TaskBody) // as delegate-task.ts seals it
}

export async function findTask({ db }: App, workspaceId: string, id: string): Promise<RelayTaskRow | undefined> {
  return db.read
    .selectFrom('relay_tasks')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
}

export const noTask = (id: string) => new Fault('not_found', `There is no task ${id.slice(0, 100)} of yours.`)
