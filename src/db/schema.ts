/**
 * The tables, as the code sees them. Column types are the portable set of both databases: text, integers below 2^53
 * (times in Unix milliseconds, booleans as 0 or 1) and JSON as text.
 */
export type WorkspaceRow = { id: string; name: string; created_at: number }

export type AgentRow = { id: string; workspace_id: string; name: string; created_at: number }

export type KeyRow = {
  id: string
  workspace_id: string
  agent_id: string
  environment: 'live' | 'test'
  /** SHA-256 of the whole key, hex. The key itself is stored nowhere. */
  hash: string
  last_four: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
}

export type ConnectionRow = {
  id: string
  workspace_id: string
  provider: string
  label: string
  environment: 'live' | 'test'
  account_id: string
  account_label: string
  is_default: number
  created_at: number
}

export type CredentialRow = {
  connection_id: string
  workspace_id: string
  /** Counts up with each new secret of the connection; part of the additional data of the seal. */
  version: number
  /** Which key of the ring wraps the record's own key. */
  ring_version: number
  sealed: string
  updated_at: number
}

export type UsageRow = {
  call_id: string
  workspace_id: string
  agent_id: string
  key_id: string
  /** Empty when the call failed before a connection was chosen. */
  connection_id: string
  provider: string
  tool: string
  effect: string
  environment: string
  /** How the call came in: `rest` or `mcp`. */
  surface: string
  outcome: string
  /** Error code, or empty. */
  code: string
  provider_status: number
  attempts: number
  started_at: number
  duration_ms: number
  request_bytes: number
  answer_bytes: number
}

export type SettingRow = { name: string; value: string }

export type Schema = {
  workspaces: WorkspaceRow
  agents: AgentRow
  keys: KeyRow
  connections: ConnectionRow
  credentials: CredentialRow
  usage: UsageRow
  settings: SettingRow
}
