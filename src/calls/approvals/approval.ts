import type { App } from '../../app.ts'
import type { ApprovalRow } from '../../db/schema.ts'

export type ApprovalState = ApprovalRow['state']

/** An approval as members see it. */
export type Approval = {
  id: string
  callId: string
  state: ApprovalState
  tool: string
  effect: ApprovalRow['effect']
  agent: { id: string; name: string }
  /** Its label and account are empty once it is removed. */
  connection: { id: string; label: string; account: string }
  /** In the agent's own words, cleaned of what cannot be seen; never to be trusted. Empty when it said nothing. */
  why: string
  /** Name of the rule that asked; null when none did and the standard asks. */
  rule: string | null
  createdAt: string
  expiresAt: string
  /** Name of the member. */
  decidedBy: string | null
  decidedAt: string | null
  /** What the member said with a no. */
  word: string | null
}

/** Where a member decides. Nothing in the link is a secret: it needs a session. */
export function approvalLink(app: App, approvalId: string): string {
  return `${app.url()}/approvals/${approvalId}`
}

/** The approvals of a workspace with the names that belong to them. */
export function selectApprovals(app: App, workspaceId: string) {
  return app.db.read
    .selectFrom('approvals')
    .leftJoin('agents', 'agents.id', 'approvals.agent_id')
    .leftJoin('connections', 'connections.id', 'approvals.connection_id')
    .leftJoin('people', 'people.id', 'approvals.decided_by')
    .selectAll('approvals')
    .select([
      'agents.name as agent_name',
      'connections.label as connection_label',
      'connections.account_label as account_label',
      'people.name as decided_by_name',
    ])
    .where('approvals.workspace_id', '=', workspaceId)
}

type NamedRow = ApprovalRow & {
  agent_name: string | null
  connection_label: string | null
  account_label: string | null
  decided_by_name: string | null
}

export function approvalOf(row: NamedRow, nowMs: number): Approval {
  const iso = (ms: number) => new Date(ms).toISOString()
  return {
    id: row.id,
    callId: row.call_id,
    state: stateAt(row, nowMs),
    tool: row.tool,
    effect: row.effect,
    agent: { id: row.agent_id, name: row.agent_name ?? '' },
    connection: { id: row.connection_id, label: row.connection_label ?? '', account: row.account_label ?? '' },
    why: row.why,
    rule: row.rule || null,
    createdAt: iso(row.created_at),
    expiresAt: iso(row.expires_at),
    decidedBy: row.decided_by_name ?? (row.decided_by || null),
    decidedAt: row.decided_at === null ? null : iso(row.decided_at),
    word: row.word || null,
  }
}

/** One that ran out is expired, also before anything has written so. Pure. */
export function stateAt({ state, expires_at }: ApprovalRow, nowMs: number): ApprovalState {
  return state === 'pending' && expires_at <= nowMs ? 'expired' : state
}
