import type { PaceRow, PaceShareRow } from './pace-schema.ts'
import type { RelayTables } from './relay-schema.ts'

/**
 * The tables, as the code sees them. Column types are the portable set of both databases: text, integers below 2^53
 * (times in Unix milliseconds, booleans as 0 or 1) and JSON as text.
 */
export type WorkspaceRow = { id: string; name: string; created_at: number }

export type PersonRow = {
  id: string
  /** Lower case. */
  email: string
  name: string
  /** Empty for who signs in elsewhere only. */
  password_hash: string
  /** Issuer and subject at the OIDC provider. */
  oidc_subject: string | null
  /** 1 once a one-time code is asked for at sign-in; its secret is in `seals` under the person's id. */
  two_factor: number
  /** The time step of the last one-time code that was accepted: each works once. */
  totp_last_step: number
  /** JSON: hashes of the recovery codes that are left. */
  recovery_hashes: string
  failures: number
  locked_until: number
  created_at: number
}

export type Role = 'owner' | 'admin' | 'member'

export type MemberRow = { workspace_id: string; person_id: string; role: Role; created_at: number }

export type SessionRow = {
  id: string
  person_id: string
  /** SHA-256 of the cookie's value. */
  hash: string
  address: string
  client: string
  created_at: number
  last_seen_at: number
  expires_at: number
  revoked_at: number | null
}

export type InvitationRow = {
  id: string
  workspace_id: string
  role: Role
  /** Empty when whoever has the link may accept it. */
  email: string
  hash: string
  /** Empty for the first-run link. */
  created_by: string
  created_at: number
  expires_at: number
  /** When it was accepted or taken back. */
  ended_at: number | null
}

export type AgentRow = { id: string; workspace_id: string; name: string; created_at: number; created_by: string }

export type KeyRow = {
  id: string
  workspace_id: string
  agent_id: string
  environment: 'live' | 'test'
  /** SHA-256 of the whole key, hex. The key itself is stored nowhere. For an OAuth grant: `oauth:` and the id. */
  hash: string
  last_four: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
  kind: 'key' | 'oauth'
  /** JSON of a Scope. */
  scope: string
  created_by: string
  /** The id of the key that takes its place, or empty. */
  replaced_by: string
  calls_per_minute: number | null
  calls_per_day: number | null
  /** As of the last flush: written at intervals, never by a call. */
  last_used_at: number | null
}

export type PairingRow = {
  id: string
  user_code: string
  /** base64url of the SHA-256 of the verifier that only the device knows. */
  challenge: string
  label: string
  host: string
  address: string
  environment: 'live' | 'test'
  asked_scope: string
  state: 'awaiting_browser' | 'approved' | 'denied' | 'completed'
  workspace_id: string
  granted: string
  decided_by: string
  key_id: string
  polled_at: number
  created_at: number
  expires_at: number
}

/** Anything that is stored sealed, beside credentials. `id` and `version` are part of the seal. */
export type SealRow = {
  id: string
  workspace_id: string
  version: number
  ring_version: number
  sealed: string
  expires_at: number | null
}

/** What the authorization server keeps. `id` is a hash: tokens and codes themselves are stored nowhere. */
export type OAuthRecordRow = {
  id: string
  model: string
  grant_id: string
  uid: string
  user_code: string
  version: number
  ring_version: number
  sealed: string
  consumed_at: number | null
  expires_at: number | null
}

export type RuleRow = {
  id: string
  workspace_id: string
  position: number
  name: string
  decision: 'allow' | 'ask' | 'deny'
  /** JSON of a RuleMatch. */
  match: string
  created_by: string
  created_at: number
  expires_at: number | null
}

/** A call that outlives its request. What was asked, and its answer, are in `seals`. */
export type CallRow = {
  id: string
  workspace_id: string
  agent_id: string
  key_id: string
  environment: 'live' | 'test'
  surface: 'rest' | 'mcp' | 'cli'
  tool: string
  connection_id: string
  digest: string
  /** `queued`: it waits for its turn. `submitted`: the provider works on it. */
  state: 'awaiting_approval' | 'approved' | 'queued' | 'sending' | 'submitted' | 'ended'
  started_at: number
  /** When it became `sending` for the first time: from then on the provider may have it. */
  sent_at: number | null
  ended_at: number | null
  /** When somebody asked to cancel it, after it was sent. */
  canceled_at: number | null
  /** JSON of how far the provider is with it, or empty. */
  progress: string
  /** JSON of how it ends if it is not tried again, while it pauses between two attempts; else empty. */
  paused: string
}

/** The circuit breaker of an account whose provider is down. A row goes when it is well again. */
export type BreakerRow = {
  connection_id: string
  workspace_id: string
  open_until: number
  /** Who tries whether it is well again, until when. */
  probe_owner: string
  probe_until: number
  changed_at: number
}

/** A file to or from a provider, a large answer, or, `shared`, that of shared files. Its content is in `file_chunks`. */
export type FileRow = {
  id: string
  workspace_id: string
  agent_id: string
  /** The call that it came of, or empty. */
  call_id: string
  name: string
  media_type: string
  bytes: number
  /** SHA-256 of its content, hex. */
  sha256: string
  state: 'writing' | 'ready' | 'shared'
  /** Its own key, wrapped by this version of the key ring. */
  ring_version: number
  sealed: string
  created_at: number
  expires_at: number
}

export type FileChunkRow = { file_id: string; seq: number; sealed: Uint8Array }

/** Where a workspace wants to be told of events. Its secret is in `seals` under its id. */
export type EndpointRow = {
  id: string
  workspace_id: string
  url: string
  /** JSON list of event types. */
  types: string
  about: string
  state: 'on' | 'off'
  /** Since when deliveries to it fail. */
  failing_since: number | null
  created_by: string
  created_at: number
}

/** One event on its way to one endpoint. */
export type DeliveryRow = {
  id: string
  workspace_id: string
  endpoint_id: string
  event_id: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  /** HTTP status of the last answer, or 0. */
  status: number
  problem: string
  created_at: number
  next_at: number | null
  ended_at: number | null
}

/** What was noticed about a tool that a person should know of. */
export type ToolNoticeRow = {
  workspace_id: string
  tool: string
  kind: 'output_mismatch' | 'deprecation' | 'sunset' | 'version'
  /** What was said last: a path, a date, a version. */
  value: string
  count: number
  first_at: number
  last_at: number
}

/** A caller's idempotency key, from the moment that a call under it may reach the provider or a member. */
export type IdempotencyKeyRow = {
  /** SHA-256 of the workspace, the agent and the key. The key itself is stored nowhere. */
  id: string
  workspace_id: string
  call_id: string
  /** SHA-256 of what was asked under it. */
  digest: string
  /** Which run of the call is at work, until when unless it says more; empty when the call has ended or waits for a member. */
  owner: string
  lease_until: number
  /** Null until the call has ended. */
  expires_at: number | null
}

export type ApprovalRow = {
  id: string
  workspace_id: string
  call_id: string
  agent_id: string
  tool: string
  effect: 'read' | 'write' | 'destructive'
  connection_id: string
  digest: string
  /** In the agent's own words; never to be trusted. */
  why: string
  /** Name and id of the rule that asked; empty when the standard did. */
  rule: string
  rule_id: string
  state: 'pending' | 'approved' | 'denied' | 'expired'
  word: string
  decided_by: string
  decided_at: number | null
  created_at: number
  expires_at: number
}

/** Work that outlives its request. A row goes when its work is done. */
export type JobRow = {
  id: string
  /** Empty for what concerns the installation. */
  workspace_id: string
  kind: string
  subject: string
  state: 'waiting' | 'running' | 'dead'
  run_at: number
  /** How often it was taken: tells each lease from every earlier one, so that only its holder ends the job. */
  attempts: number
  /** Runs since the last good one that failed or were cut off. */
  failures: number
  lease_owner: string
  lease_until: number
  last_error: string
  created_at: number
}

export type AuditRow = {
  seq: number
  at: number
  workspace_id: string
  actor_kind: 'person' | 'agent' | 'system'
  actor_id: string
  actor_name: string
  action: string
  target: string
  address: string
  /** JSON of plain texts and numbers. */
  details: string
  previous: string
  hash: string
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
  /** The id of the connector's way to authenticate. */
  auth: string
  /** Empty where there is none, or it is the one that comes with ClawLink. */
  oauth_app_id: string
  /** JSON list: what was asked for. */
  asked_scopes: string
  /** JSON list as the provider reported it; empty when it did not. */
  granted_scopes: string
  /** JSON of plain texts: what was typed in and what the provider told, such as a subdomain or a team id. Nothing secret. */
  metadata: string
  state: 'healthy' | 'expiring' | 'needs_reauth' | 'missing_scope' | 'degraded'
  /** Why, in a sentence that may be shown; empty when healthy. */
  state_reason: string
  state_at: number
  /** Where the credential is kept instead of here, such as `env:STRIPE_KEY`; empty when it is sealed in `credentials`. */
  secret_ref: string
  created_by: string
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
  /** What the sealed text is: the one secret itself, or JSON of several parts. */
  format: 'text' | 'parts'
  /** When its access token ends, if it does. */
  expires_at: number | null
  /** 1 when ClawLink can get a new access token by itself. */
  renewable: number
  /** Not before this time, after a try that failed. */
  renew_after: number
  failures: number
  /** Who renews it just now, until when. */
  lease_owner: string
  lease_until: number
}

/** An OAuth app that the workspace registered at a provider. Its secret is in `seals` under its id. */
export type OAuthAppRow = {
  id: string
  workspace_id: string
  /** The slug of the registration that it is: a provider's own, or one that several share. */
  registration: string
  label: string
  client_id: string
  is_default: number
  created_by: string
  created_at: number
}

/** One run of the hosted connect flow. What it needs in secret on its way is in `seals` under its id. */
export type ConnectSessionRow = {
  id: string
  workspace_id: string
  provider: string
  environment: 'live' | 'test'
  /** The connection that it reconnects, or empty. */
  connection_id: string
  /** JSON list of scopes to ask for beside the connector's own. */
  scopes: string
  label: string
  asked_by_kind: 'agent' | 'person'
  asked_by_id: string
  asked_by_name: string
  state: 'awaiting_user' | 'connected' | 'failed' | 'expired' | 'denied'
  /** The browser that opened it first; nobody else may go on with it. */
  person_id: string
  session_id: string
  /** SHA-256 of the `state` that is on its way through the provider; once it was used, `taken` and that; or empty. */
  state_hash: string
  /** Error code and public message of the last try that failed. */
  code: string
  problem: string
  /** The connection that came of it. */
  made_connection_id: string
  created_at: number
  expires_at: number
  ended_at: number | null
}

/** Something that happened, for whoever wants to be told. */
export type EventRow = {
  id: string
  workspace_id: string
  type: string
  /** The id of the thing that it happened to. */
  subject: string
  /** JSON of plain texts and numbers; nothing secret. */
  facts: string
  at: number
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

export type Schema = RelayTables & {
  workspaces: WorkspaceRow
  people: PersonRow
  members: MemberRow
  sessions: SessionRow
  invitations: InvitationRow
  agents: AgentRow
  keys: KeyRow
  pairings: PairingRow
  seals: SealRow
  oauth_records: OAuthRecordRow
  rules: RuleRow
  calls: CallRow
  idempotency_keys: IdempotencyKeyRow
  approvals: ApprovalRow
  paces: PaceRow
  pace_shares: PaceShareRow
  breakers: BreakerRow
  files: FileRow
  file_chunks: FileChunkRow
  endpoints: EndpointRow
  deliveries: DeliveryRow
  tool_notices: ToolNoticeRow
  jobs: JobRow
  audit: AuditRow
  connections: ConnectionRow
  credentials: CredentialRow
  oauth_apps: OAuthAppRow
  connect_sessions: ConnectSessionRow
  events: EventRow
  usage: UsageRow
  settings: { name: string; value: string }
}
