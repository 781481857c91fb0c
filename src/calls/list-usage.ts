import type { Principal } from '../accounts/principal.ts'
import { type ErrorEntry, errorCatalogue } from '../core/errors.ts'
import { isId } from '../core/ids.ts'
import type { Db } from '../db/db.ts'
import type { UsageRow } from '../db/schema.ts'
import { reachOf, selectUsage, type UsageFilter } from './select-usage.ts'

/** One line of the usage record, as callers see it. */
export type Usage = {
  callId: string
  agentId: string
  agentName: string | null
  connectionId: string | null
  /** Null when it has been removed since. */
  connectionLabel: string | null
  provider: string | null
  tool: string
  effect: string | null
  environment: string
  surface: string
  outcome: string
  code: string | null
  /** What `code` means; null when there is none. */
  problem: { title: string; fix: string } | null
  /** There when a member was asked about it. */
  approvalId: string | null
  providerStatus: number | null
  attempts: number
  startedAt: string
  durationMs: number
  requestBytes: number
  answerBytes: number
}

/** How many calls one request looks through for those that fit a filter: enough for a page, and over before a call has to wait. */
const lookThrough = 50_000

/**
 * The calls that this principal sees, which is a key's own agent's or all of the workspace, newest first, and where the
 * next page starts. A page may hold fewer calls than `limit`, even none, while there is a next one: a filter looks through
 * no more than 50,000 calls at a time.
 */
export async function listUsage(
  db: Db,
  principal: Principal,
  filter: UsageFilter & { limit: number },
): Promise<{ items: Usage[]; next: string | null }> {
  const { limit, ...narrowed } = filter
  const reach = await reachOf(db, principal, narrowed, lookThrough)
  const rows = await withNames(
    db,
    selectUsage(db, principal, narrowed, reach)
      .orderBy('call_id', 'desc')
      .limit(limit + 1),
  )
  const items = rows.slice(0, limit).map(usageOf)
  const next = rows.length > limit ? items.at(-1)?.callId : reach?.callId
  return { items, next: next ?? null }
}

/** The record of one call that this principal sees, once it has ended. */
export async function getUsage(db: Db, principal: Principal, callId: string): Promise<Usage | undefined> {
  if (!isId('call', callId)) return undefined
  const [row] = await withNames(db, selectUsage(db, principal, {}).where('call_id', '=', callId))
  return row && usageOf(row)
}

type NamedRow = UsageRow & { agent_name: string | null; connection_label: string | null; approval_id: string | null }

/** These rows, newest first, with the names of what they hold only the ids of. */
function withNames(db: Db, rows: ReturnType<typeof selectUsage>): Promise<NamedRow[]> {
  return db.read
    .selectFrom(rows.selectAll().as('usage'))
    .leftJoin('agents', 'agents.id', 'usage.agent_id')
    .leftJoin('connections', 'connections.id', 'usage.connection_id')
    .leftJoin('approvals', 'approvals.call_id', 'usage.call_id')
    .selectAll('usage')
    .select(['agents.name as agent_name', 'connections.label as connection_label', 'approvals.id as approval_id'])
    .orderBy('usage.call_id', 'desc')
    .execute()
}

function usageOf(row: NamedRow): Usage {
  return {
    callId: row.call_id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    connectionId: row.connection_id || null,
    connectionLabel: row.connection_label,
    provider: row.provider || null,
    tool: row.tool,
    effect: row.effect || null,
    environment: row.environment,
    surface: row.surface,
    outcome: row.outcome,
    code: row.code || null,
    problem: problemOf(row.code),
    approvalId: row.approval_id,
    providerStatus: row.provider_status || null,
    attempts: row.attempts,
    startedAt: new Date(row.started_at).toISOString(),
    durationMs: row.duration_ms,
    requestBytes: row.request_bytes,
    answerBytes: row.answer_bytes,
  }
}

const catalogue: ReadonlyMap<string, ErrorEntry> = new Map(Object.entries(errorCatalogue))

function problemOf(code: string): Usage['problem'] {
  const entry = catalogue.get(code)
  return entry ? { title: entry.title, fix: entry.fix } : null
}
