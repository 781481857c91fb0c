import type { Tool } from '../catalog/catalog.ts'
import { namesIn } from '../catalog/fill-url.ts'
import { metadataOf } from '../connections/auth-of.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionRow } from '../db/schema.ts'

const idLengthMax = 200

/**
 * The name under which the state of an account is kept: connections of one workspace to the same account at the same place
 * share it. `base` is where the provider is; what each connection fills into it belongs to the name, since ids of different
 * hosts say nothing of each other. A connection stands for itself where the provider names no account.
 */
export function accountKey(base: string, workspaceId: string, connection: Connected): string {
  const { id, provider, account, metadata } = connection
  const whole = [account.id, ...namesIn(base).map(name => metadata[name] ?? id)].join(' ')
  return `${provider}:${workspaceId}:${account.id && whole.length <= idLengthMax ? whole : id}`
}

type Connected = Pick<Connection, 'id' | 'provider' | 'metadata'> & { account: { id: string } }

/** The same for a call of this tool. */
export function accountOf({ provider: { base } }: Tool, row: ConnectionRow): string {
  const { id, provider, workspace_id, account_id } = row
  return accountKey(base, workspace_id, { id, provider, account: { id: account_id }, metadata: metadataOf(row) })
}

/** The provider's slug, which has no colon in it. */
export function providerOfKey(key: string): string {
  return key.slice(0, key.indexOf(':'))
}
