import type { App } from '../app.ts'
import type { Provider } from '../catalog/catalog.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow, CredentialRow } from '../db/schema.ts'
import { askForCheck } from './ask-for-check.ts'
import type { Credential } from './credential.ts'
import { openCredential } from './open-credential.ts'
import { renewCredential } from './renew-on-demand.ts'
import { isNew } from './renewal.ts'

/**
 * After a provider refused a credential with a 401: another one to try once more, if there is one. One that can be renewed
 * is, once, unless it was replaced since. For all others the account is looked at in the background: a refusal by one tool
 * alone says nothing about the connection.
 */
export async function renewAfterRefusal(
  app: App,
  connection: ConnectionRow,
  provider: Provider,
  staleVersion: number,
): Promise<Credential | undefined> {
  const [row] = await app.queries.connections.credential(connection.id)
  if (row && row.version !== staleVersion) return opened(app, row)
  if (row?.renewable !== 1 || isNew(row, app.clock.now())) {
    await askForCheck(app, connection)
    return undefined
  }
  const renewal = await renewCredential(app, { connection, provider, staleVersion })
  return renewal.end === 'replaced' ? opened(app, renewal.found.row) : undefined
}

function opened(app: App, row: CredentialRow): Credential | undefined {
  const credential = openCredential(app, row)
  return credential instanceof Fault ? undefined : credential
}
