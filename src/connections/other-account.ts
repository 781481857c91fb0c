import { namesIn } from '../catalog/fill-url.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { metadataOf } from './auth-of.ts'
import type { SavedConnection } from './save-connection.ts'

/**
 * Why a connection cannot be reconnected with this, or undefined. Agents know it by its id: behind the same id there must
 * never be somebody else's account. Pure.
 */
export function otherAccount(before: ConnectionRow, saved: SavedConnection): Fault | undefined {
  const { account, provider } = saved
  const place = before.account_id === account.id ? otherPlace(before, saved) : undefined
  if (place) {
    return new Fault('conflict', `"${before.label}" is connected to ${place.before}, and this is ${place.now}.`, {
      fix: `Reconnect with ${place.before}, or connect ${place.now} as a new connection.`,
    })
  }
  if (before.account_id === account.id) return undefined
  return new Fault(
    'conflict',
    `This is the account ${account.label}, but "${before.label}" is connected to ${before.account_label}.`,
    {
      fix: `Sign in at ${provider.connector.name} as ${before.account_label}, or connect ${account.label} as a new connection.`,
    },
  )
}

/**
 * What decides where its requests go and is another value than before: the same id there names somebody else, or nobody
 * knows who. What the token endpoint itself tells, such as an instance's address, may change.
 */
function otherPlace(before: ConnectionRow, { auth, provider, metadata }: SavedConnection) {
  const told = 'keep' in auth ? (auth.keep ?? {}) : {}
  const known = metadataOf(before)
  const name = [provider.base, ...Object.values(provider.connector.api.headers ?? {})]
    .flatMap(namesIn)
    .find(each => !Object.hasOwn(told, each) && known[each] !== undefined && known[each] !== metadata[each])
  return name === undefined ? undefined : { before: `${known[name]}`, now: metadata[name] ?? 'somewhere else' }
}
