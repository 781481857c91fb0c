import type { KeyRow } from '../db/schema.ts'
import { readScope, type Scope } from './scope.ts'

/** A key as people see it: never the key itself. Times are ISO 8601. */
export type KeyView = {
  id: string
  /** Enough to recognise it, not to use it: `cllk_live_…3fa9`. Of an OAuth grant, which has no key: `OAuth`. */
  key: string
  kind: KeyRow['kind']
  environment: KeyRow['environment']
  scope: Scope
  callsPerMinute: number | null
  callsPerDay: number | null
  createdAt: string
  expiresAt: string | null
  /** As of at most a minute ago. */
  lastUsedAt: string | null
  state: KeyState
  /** The id of the key that takes its place. */
  replacedBy: string | null
}

export type KeyState = 'active' | 'expired' | 'revoked'

export function keyView(row: KeyRow, nowMs: number): KeyView {
  return {
    id: row.id,
    key: row.kind === 'oauth' ? 'OAuth' : `cllk_${row.environment}_…${row.last_four}`,
    kind: row.kind,
    environment: row.environment,
    scope: readScope(row.scope),
    callsPerMinute: row.calls_per_minute,
    callsPerDay: row.calls_per_day,
    createdAt: isoTime(row.created_at),
    expiresAt: row.expires_at === null ? null : isoTime(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : isoTime(row.last_used_at),
    state: keyState(row, nowMs),
    replacedBy: row.replaced_by || null,
  }
}

export function keyState(row: Pick<KeyRow, 'revoked_at' | 'expires_at'>, nowMs: number): KeyState {
  if (row.revoked_at !== null) return 'revoked'
  return row.expires_at !== null && row.expires_at <= nowMs ? 'expired' : 'active'
}

const isoTime = (ms: number) => new Date(ms).toISOString()
