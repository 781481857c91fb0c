import { TaskNotFoundError } from '@a2a-js/sdk/errors'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { getTask, type TaskDetail } from '../tasks/get-task.ts'
import { findTask } from '../tasks/task.ts'

/** A task that this caller gave to this agent. Everybody else's looks as if it were not there (A2A 1.0, section 13.1). */
export async function ownTask(app: App, principal: AgentPrincipal, agentId: string, id: string): Promise<TaskDetail> {
  // PostgreSQL takes no NUL, so no id has one.
  const row = id.includes('\0') ? undefined : await findTask(app, principal.workspaceId, id)
  const isOwn = row && row.to_agent === agentId && [row.from_agent, row.reply_to].includes(principal.agentId)
  const task = isOwn ? await getTask(app, principal, id) : undefined
  if (!task || task instanceof Fault) throw new TaskNotFoundError(`There is no task ${id.slice(0, 100)} of yours here.`)
  return task
}
