import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { authOf, valuesOf } from './auth-of.ts'
import type { Credential } from './credential.ts'
import { revokeToken } from './oauth/revoke-token.ts'
import { clientOf } from './oauth-apps/client-of.ts'
import { needsApp } from './oauth-apps/registrations.ts'
import { openCredential } from './open-credential.ts'
import { sharesGrant } from './shares-grant.ts'

/** `null`: there is nothing to end at the provider, or others live from it. `advice`: what a person may do there. */
export type Revocation = { revoked: boolean | null; advice: string | null }

const nothing: Revocation = { revoked: null, advice: null }

/** Whether the provider of this connection can be told to end what it gave. */
export function canRevoke(app: Pick<App, 'catalog'>, row: ConnectionRow): boolean {
  const provider = app.catalog.providers.get(row.provider)
  const auth = provider && authOf(provider, row)
  return auth !== undefined && 'revoke' in auth && auth.revoke !== undefined
}

/** Ends at the provider what it gave to this connection, unless another connection lives from the same. Never fails. */
export async function revokeGrant(app: App, row: ConnectionRow): Promise<Revocation> {
  const provider = app.catalog.providers.get(row.provider)
  const auth = provider && authOf(provider, row)
  if (!auth || auth instanceof Fault || !('revoke' in auth) || !auth.revoke) return nothing
  const { name } = provider.connector
  if (await sharesGrant(app.db.read, row)) {
    return { revoked: null, advice: `It was not ended at ${name}: another connection uses the same OAuth app there.` }
  }
  const credential = await storedCredential(app, row)
  const client = needsApp(auth) ? await clientOf(app, row.workspace_id, provider, auth, row.oauth_app_id) : null
  if (!(credential instanceof Fault) && !(client instanceof Fault)) {
    const ended = await revokeToken(app, { provider, auth, client, values: valuesOf(provider, row) }, credential)
    if (ended === 'revoked') return { revoked: true, advice: null }
    if (ended === 'not_supported') return nothing
  }
  return {
    revoked: false,
    advice: `${name} could not be told. To be sure, end the access there in the settings of ${row.account_label || 'the account'}.`,
  }
}

/** As it is stored: to end it, nothing needs to be renewed first. */
async function storedCredential(app: App, { id }: ConnectionRow): Promise<Credential | Fault> {
  const [stored] = await app.queries.connections.credential(id)
  return stored ? openCredential(app, stored) : new Fault('connection_not_found', 'There is no credential.')
}
