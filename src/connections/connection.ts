import type { Environment } from '../accounts/principal.ts'
import type { ConnectionRow } from '../db/schema.ts'

/** A connection as people and agents see it. It holds nothing secret. */
export type Connection = {
  id: string
  provider: string
  label: string
  environment: Environment
  /** The account at the provider, as the provider names it. */
  account: { id: string; label: string }
  isDefault: boolean
  createdAt: string
}

export function connectionOf(row: ConnectionRow): Connection {
  return {
    id: row.id,
    provider: row.provider,
    label: row.label,
    environment: row.environment,
    account: { id: row.account_id, label: row.account_label },
    isDefault: row.is_default === 1,
    createdAt: new Date(row.created_at).toISOString(),
  }
}
