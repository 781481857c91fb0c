import type { Principal } from '../accounts/principal.ts'
import { isId } from '../core/ids.ts'
import type { Db } from '../db/db.ts'
import type { UsageRow } from '../db/schema.ts'

/** One line of the usage record, as callers see it. */
export type Usage = {
  callId: string
  agentId: string
  connectionId: string | null
  provider: string | null
  tool: string
  effect: string | null
  environment: string
  surface: string
  outcome: string
  code: string | null
  providerStatus: number | null
  attempts: number
  startedAt: string
  durationMs: number
  requestBytes: number
  answerBytes: number
}

export type UsageFilter = {
  provider?: string | undefined
  tool?: string | undefined
  outcome?: string | undefined
  /** The id of the last call of the page before. */
  before?: string | undefined
  limit: number
}

/** The calls that this principal sees, which is a key's own agent's or all of the workspace, newest first, and where the next page starts. */
export async function listUsage(
  db: Db,
  principal: Principal,
  filter: UsageFilter,
): Promise<{ items: Usage[]; next: string | null }> {
  const { provider, tool, outcome, before, limit } = filter
  const ownAgent = principal.kind === 'agent' ? principal.agentId : undefined
  const rows = await db.read
    .selectFrom('usage')
    .selectAll()
    .where('workspace_id', '=', principal.workspaceId)
    .$if(ownAgent !== undefined, q => q.where('agent_id', '=', ownAgent ?? ''))
    .$if(provider !== undefined, q => q.where('provider', '=', provider ?? ''))
    .$if(tool !== undefined, q => q.where('tool', '=', tool ?? ''))
    .$if(outcome !== undefined, q => q.where('outcome', '=', outcome ?? ''))
    .$if(before !== undefined, q => q.where('call_id', '<', before ?? ''))
    .orderBy('call_id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(usageOf)
  return { items, next: rows.length > limit ? (items.at(-1)?.callId ?? null) : null }
}

/** The record of one call that this principal sees, once it has ended. */
export async function getUsage(db: Db, principal: Principal, callId: string): Promise<Usage | undefined> {
  if (!isId('call', callId)) return undefined
  const row = await db.read
    .selectFrom('usage')
    .selectAll()
    .where('workspace_id', '=', principal.workspaceId)
    .where('call_id', '=', callId)
    .executeTakeFirst()
  return row && (principal.kind === 'member' || row.agent_id === principal.agentId) ? usageOf(row) : undefined
}

function usageOf(row: UsageRow): Usage {
  return {
    callId: row.call_id,
    agentId: row.agent_id,
    connectionId: row.connection_id || null,
    provider: row.provider || null,
    tool: row.tool,
    effect: row.effect || null,
    environment: row.environment,
    surface: row.surface,
    outcome: row.outcome,
    code: row.code || null,
    providerStatus: row.provider_status || null,
    attempts: row.attempts,
    startedAt: new Date(row.started_at).toISOString(),
    durationMs: row.duration_ms,
    requestBytes: row.request_bytes,
    answerBytes: row.answer_bytes,
  }
}
