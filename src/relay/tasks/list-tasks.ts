import type { Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { RelayTaskState } from '../../db/relay-schema.ts'
import { type Task, viewOfTask } from './task.ts'

export type TaskFilter = {
  /** Of a key: those that it gave, or those that it has; otherwise both. */
  role?: 'sender' | 'assignee' | undefined
  state?: RelayTaskState | 'open' | undefined
  /** The `next` of the page before. */
  after?: string | undefined
  limit: number
}

/** Tasks, those that were given last first: of the workspace for a member, of a key its own agent's. */
export async function listTasks(
  app: App,
  principal: Principal,
  { role, state, after, limit }: TaskFilter,
): Promise<{ items: Task[]; next: string | null }> {
  const agentId = principal.kind === 'agent' ? principal.agentId : undefined
  const [at = Number.MAX_SAFE_INTEGER, id = ''] = placeOf(after)
  const rows = await app.db.read
    .selectFrom('relay_tasks')
    .selectAll()
    .where('workspace_id', '=', principal.workspaceId)
    .$if(agentId !== undefined, q =>
      q.where(is =>
        is.or([
          ...(role !== 'assignee' ? [is('from_agent', '=', agentId ?? ''), is('reply_to', '=', agentId ?? '')] : []),
          ...(role !== 'sender' ? [is('to_agent', '=', agentId ?? '')] : []),
        ]),
      ),
    )
    .$if(state === 'open', q => q.where('ended_at', 'is', null))
    .$if(state !== undefined && state !== 'open', q => q.where('state', '=', state as RelayTaskState)) // not `open`
    .where(is => is.or([is('created_at', '<', at), is.and([is('created_at', '=', at), is('id', '<', id)])]))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: await Promise.all(page.map(row => viewOfTask(app, row))),
    next: rows.length > limit && last ? `${last.created_at}.${last.id}` : null,
  }
}

function placeOf(after: string | undefined): [number, string] | [] {
  const [, at, id] = /^(\d{1,15})\.(\w+)$/.exec(after ?? '') ?? []
  return at !== undefined && id !== undefined ? [Number(at), id] : []
}
