import type { App } from '../../app.ts'
import { registrationOf } from '../../catalog/auth.ts'
import type { Provider } from '../../catalog/catalog.ts'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { OAuthAppRow } from '../../db/schema.ts'
import type { OAuthClient } from '../oauth/client.ts'
import { appSecrets } from './oauth-app.ts'
import { type AppAuth, builtInClient } from './registrations.ts'

/**
 * The OAuth app to use for this way: the named one (its id, or `''` for the one that comes with ClawLink); without a name the
 * workspace's default, else its only one, else the one that comes with ClawLink. Several without a default are asked about.
 */
export async function clientOf(
  app: App,
  workspaceId: string,
  provider: Provider,
  auth: AppAuth,
  appId?: string,
): Promise<OAuthClient | Fault> {
  const registration = registrationOf(provider, auth)
  const builtIn = builtInClient(auth)
  const own = builtIn && { id: builtIn.id, secret: new Secret(builtIn.secret), appId: '' }
  if (appId === '' && own) return own
  const rows = await app.db.read
    .selectFrom('oauth_apps')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('registration', '=', registration.slug)
    .orderBy('id')
    .execute()
  const link = `${app.url()}/connections/apps`
  if (appId) {
    const named = rows.find(({ id }) => id === appId)
    if (named) return openClient(app, named)
    return new Fault('not_connected', `The OAuth app of ${registration.name} that is asked for is gone.`, {
      link,
      fix: 'Ask a person to reconnect it with another OAuth app.',
    })
  }
  const chosen = rows.find(row => row.is_default === 1) ?? (rows.length === 1 ? rows[0] : undefined)
  if (chosen) return openClient(app, chosen)
  if (rows.length) {
    const problem = `${registration.name} has several OAuth apps here, and none is the default`
    return new Fault('validation_error', `${problem}.`, {
      invalidFields: [{ field: 'oauthApp', problem }],
      choices: rows.map(({ id, label }) => `${id} (${label})`),
      fix: 'Name one in `oauthApp`, or make one the default.',
      link,
    })
  }
  return (
    own ??
    new Fault('not_connected', `There is no OAuth app for ${registration.name} in this workspace yet.`, {
      link,
      fix: `An owner or admin registers one at ${registration.console || registration.name} and adds it under the link.`,
    })
  )
}

async function openClient(app: App, row: OAuthAppRow): Promise<OAuthClient | Fault> {
  const secrets = await appSecrets(app.db.read, app.vault, row)
  if (secrets instanceof Fault) return secrets
  const { clientSecret, privateKey, keyId } = secrets
  return {
    id: row.client_id,
    appId: row.id,
    secret: clientSecret ? new Secret(clientSecret) : null,
    ...(privateKey && { privateKey: new Secret(privateKey) }),
    ...(keyId && { keyId }),
  }
}
