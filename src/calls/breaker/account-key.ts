import type { Catalog } from '../../catalog/catalog.ts'
import type { ConnectionRow } from '../../db/schema.ts'

/** The account that a connection stands for. */
export type Account = Pick<ConnectionRow, 'id' | 'workspace_id' | 'provider' | 'account_id'>

const idLengthMax = 200

/**
 * The name under which the state of an account is kept: connections of one workspace to the same account share it. A
 * connection stands for itself where the provider names no account, and where every account may have a host of its own,
 * since ids of different hosts say nothing of each other.
 */
export function accountKey({ providers }: Pick<Catalog, 'providers'>, account: Account): string {
  const { id, workspace_id, provider, account_id } = account
  const isShared = account_id && account_id.length <= idLengthMax && !providers.get(provider)?.base.includes('{')
  return `${provider}:${workspace_id}:${isShared ? account_id : id}`
}

/** The provider's slug, which has no colon in it. */
export function providerOfKey(key: string): string {
  return key.slice(0, key.indexOf(':'))
}
