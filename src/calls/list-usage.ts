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

/** The workspace's calls, newest first, and where the next page starts. */
export async function listUsage(
  db: Db,
  workspaceId: string,
  filter: UsageFilter,
): Promise<{ items: Usage[]; next: string | null }> {
  const { provider, tool, outcome, before, limit } = filter
  const rows = await db.read
    .selectFrom('usage')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
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

/** The record of one call of this workspace, once it has ended. */
export async function getUsage(db: Db, workspaceId: string, callId: string): Promise<Usage | undefined> {
  if (!isId('call', callId)) return undefined
  const row = await db.read
    .selectFrom('usage')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('call_id', '=', callId)
    .executeTakeFirst()
  return row && usageOf(row)
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
