import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { CallRow } from '../db/schema.ts'
import { type CallState, stateOf } from './get-call.ts'

export type OpenCall = {
  callId: string
  state: CallState
  tool: string
  connection: string
  agent: string
  startedAt: string
}

/** The calls that have not ended, newest first: a key sees those of its own agent, a member all of the workspace. */
export async function listOpenCalls(
  { db }: App,
  principal: Principal,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<{ items: OpenCall[]; next: string | null }> {
  const agentId = principal.kind === 'agent' ? principal.agentId : undefined
  const rows = await db.read
    .selectFrom('calls')
    .selectAll()
    .where('workspace_id', '=', principal.workspaceId)
    .where('ended_at', 'is', null)
    .$if(agentId !== undefined, query => query.where('agent_id', '=', agentId ?? ''))
    .$if(before !== undefined, query => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(openCall)
  return { items, next: rows.length > limit ? (items.at(-1)?.callId ?? null) : null }
}

function openCall(row: CallRow): OpenCall {
  return {
    callId: row.id,
    state: stateOf(row),
    tool: row.tool,
    connection: row.connection_id,
    agent: row.agent_id,
    startedAt: new Date(row.started_at).toISOString(),
  }
}
