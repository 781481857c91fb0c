import type { ListTasksRequest, ListTasksResponse } from '@a2a-js/sdk'
import { RequestMalformedError } from '@a2a-js/sdk/errors'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { RelayTaskState } from '../../db/relay-schema.ts'
import { getTask } from '../tasks/get-task.ts'
import { a2aTask, stateOf } from './a2a-task.ts'

const pageSizeMax = 100
const pageSizeUsual = 50

/** The tasks that this caller gave to this agent, by when they last changed, newest first (A2A 1.0, section 3.1.4). */
export async function listA2aTasks(
  app: App,
  principal: AgentPrincipal,
  agentId: string,
  asked: ListTasksRequest,
): Promise<ListTasksResponse> {
  const pageSize = asked.pageSize ?? pageSizeUsual
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > pageSizeMax)
    throw new RequestMalformedError(`pageSize must be 1 to ${pageSizeMax}.`)
  if (asked.historyLength !== undefined && !(asked.historyLength >= 0))
    throw new RequestMalformedError('historyLength must be 0 or more.')
  const sinceMs = asked.statusTimestampAfter ? Date.parse(asked.statusTimestampAfter) : undefined
  if (Number.isNaN(sinceMs)) throw new RequestMalformedError('statusTimestampAfter must be an ISO 8601 time.')
  if (asked.contextId.includes('\0')) throw new RequestMalformedError('contextId must have no NUL.')
  const place = placeOf(asked.pageToken)
  const wanted = asked.status ? statesOf(asked.status) : undefined

  const found = app.db.read
    .selectFrom('relay_tasks')
    .where('workspace_id', '=', principal.workspaceId)
    .where('to_agent', '=', agentId)
    .where(is => is.or([is('from_agent', '=', principal.agentId), is('reply_to', '=', principal.agentId)]))
    .$if(asked.contextId !== '', q => q.where('thread', '=', asked.contextId))
    .$if(wanted !== undefined, q => q.where('state', 'in', wanted?.length ? wanted : ['submitted']))
    .$if(wanted?.length === 0, q => q.where('id', '=', ''))
    .$if(sinceMs !== undefined, q => q.where('updated_at', '>', sinceMs ?? 0))
  const { count } = await found.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  const rows = await found
    .select(['id', 'updated_at'])
    .$if(place !== undefined, q =>
      q.where(is =>
        is.or([
          is('updated_at', '<', place?.at ?? 0),
          is.and([is('updated_at', '=', place?.at ?? 0), is('id', '<', place?.id ?? '')]),
        ]),
      ),
    )
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(pageSize + 1)
    .execute()
  const page = rows.slice(0, pageSize)
  const last = page.at(-1)
  const tasks = await Promise.all(page.map(({ id }) => getTask(app, principal, id)))
  return {
    tasks: tasks.flatMap(task =>
      task instanceof Fault
        ? []
        : [a2aTask(task, { historyLength: asked.historyLength, artifacts: asked.includeArtifacts ?? false })],
    ),
    nextPageToken: rows.length > pageSize && last ? `${last.updated_at}.${last.id}` : '',
    pageSize,
    totalSize: Number(count),
  }
}

const statesOf = (status: number): RelayTaskState[] =>
  (Object.keys(stateOf) as RelayTaskState[]).filter(state => stateOf[state] === status) // its keys are these

function placeOf(token: string): { at: number; id: string } | undefined {
  if (token === '') return undefined
  const [, at, id] = /^(\d{1,15})\.(\w{1,100})$/.exec(token) ?? []
  if (at === undefined || id === undefined) throw new RequestMalformedError('There is no such pageToken.')
  return { at: Number(at), id }
}
