import type { Provider } from '../catalog/catalog.ts'
import type { Auth } from '../catalog/define.ts'
import type { Values } from '../catalog/fill-url.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow } from '../db/schema.ts'

/** The way in which this connection authenticates. */
export function authOf(provider: Provider, { auth: id }: Pick<ConnectionRow, 'auth'>): Auth | Fault {
  const { auth, name } = provider.connector
  return (
    auth.find(each => each.id === id) ??
    new Fault(
      'authentication_failed',
      `${name} can no longer be reached in the way that this connection uses (${id}).`,
      {
        fix: 'Ask the person to reconnect it.',
      },
    )
  )
}

/** What the connection knows: for the URLs and headers of its requests. */
export function valuesOf(provider: Provider, { metadata }: Pick<ConnectionRow, 'metadata'>): Values {
  return { base: provider.base, ...metadataOf({ metadata }) }
}

export function metadataOf({ metadata }: Pick<ConnectionRow, 'metadata'>): Values {
  return metadata === '{}' ? {} : JSON.parse(metadata) // written by us alone: texts by name
}
