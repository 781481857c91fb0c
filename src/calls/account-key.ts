import { namesIn } from '../catalog/fill-url.ts'
import { metadataOf } from '../connections/auth-of.ts'
import type { ConnectionRow } from '../db/schema.ts'

/** The account that a connection stands for. */
export type Account = Pick<ConnectionRow, 'id' | 'workspace_id' | 'provider' | 'account_id' | 'metadata'>

const idLengthMax = 200

/**
 * The name under which the state of an account is kept: connections of one workspace to the same account at the same place
 * share it. `base` is where the provider is; what each connection fills into it belongs to the name, since ids of different
 * hosts say nothing of each other. A connection stands for itself where the provider names no account.
 */
export function accountKey(base: string, account: Account): string {
  const { id, workspace_id, provider, account_id } = account
  const known = metadataOf(account)
  const whole = [account_id, ...namesIn(base).map(name => known[name] ?? id)].join(' ')
  return `${provider}:${workspace_id}:${account_id && whole.length <= idLengthMax ? whole : id}`
}

/** The provider's slug, which has no colon in it. */
export function providerOfKey(key: string): string {
  return key.slice(0, key.indexOf(':'))
}
