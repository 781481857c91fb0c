import type { Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { RelayTaskEventRow, RelayTaskRow, RelayTaskState } from '../../db/relay-schema.ts'
import { openBody } from '../body.ts'
import { readContent } from '../messages/message.ts'
import { findTask, noTask, partyOf, type Task, viewOfTask } from './task.ts'

export type TaskDetail = Task & {
  /** Null where there was none, or it is forgotten. */
  context: unknown
  /** In order; of very many, the latest. */
  history: TaskEvent[]
}

const eventsMax = 200

export type TaskEvent = {
  version: number
  at: string
  step: string
  state: RelayTaskState
  by: { kind: RelayTaskEventRow['by_kind']; id: string; name: string }
  /** Note, question, answer, result or reason, as far as something was said. */
  said: Record<string, unknown>
}

/** A task with all that happened to it: for members, and for agents that gave it, have it or are told of it. */
export async function getTask(app: App, principal: Principal, id: string): Promise<TaskDetail | Fault> {
  const row = await findTask(app, principal.workspaceId, id)
  if (!row || !maySee(principal, row)) return noTask(id)
  const events = await app.db.read
    .selectFrom('relay_task_events')
    .selectAll()
    .where('task_id', '=', id)
    .orderBy('version', 'desc')
    .limit(eventsMax)
    .execute()
  const context = row.content_id ? await readContent(app, row.workspace_id, row.content_id) : null
  return {
    ...(await viewOfTask(app, row)),
    context: context instanceof Fault ? null : (context ?? null),
    history: await Promise.all(events.reverse().map(event => viewOfEvent(app, row, event))),
  }
}

const maySee = (principal: Principal, { from_agent, to_agent, reply_to }: RelayTaskRow) =>
  principal.kind === 'member' || [from_agent, to_agent, reply_to].includes(principal.agentId)

/** What happened to a task after this version, in order, some at a time. */
export async function taskEventsAfter(
  app: App,
  task: Pick<RelayTaskRow, 'id' | 'workspace_id'>,
  version: number,
): Promise<TaskEvent[]> {
  const events = await app.db.read
    .selectFrom('relay_task_events')
    .selectAll()
    .where('task_id', '=', task.id)
    .where('version', '>', version)
    .orderBy('version')
    .limit(eventsMax)
    .execute()
  return Promise.all(events.map(event => viewOfEvent(app, task, event)))
}

async function viewOfEvent(
  app: App,
  task: Pick<RelayTaskRow, 'id' | 'workspace_id'>,
  event: RelayTaskEventRow,
): Promise<TaskEvent> {
  const { version, step, state, by_kind, by_id } = event
  const party = by_kind === 'agent' ? await partyOf(app, task.workspace_id, by_id) : { id: by_id, name: '' }
  return {
    version,
    at: new Date(event.at).toISOString(),
    step,
    state,
    by: { kind: by_kind, ...party },
    said: await saidWith(app, task, event),
  }
}

/** What was said with a step; nothing when it does not open, which the log tells of. */
export async function saidWith(
  app: App,
  { id, workspace_id }: Pick<RelayTaskRow, 'id' | 'workspace_id'>,
  { version, sealed }: RelayTaskEventRow,
): Promise<Record<string, unknown>> {
  const said = sealed ? await openBody(app, { workspaceId: workspace_id, id: `${id}:${version}` }, sealed) : {}
  return said instanceof Fault ? {} : Object(said)
}
