import { type By, recordAudit } from '../../accounts/audit.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import type { OAuthAppRow } from '../../db/schema.ts'
import { redirectUri } from '../sessions/connect-session.ts'
import { clearOtherDefaults, freeLabel, labelTaken } from './app-rows.ts'
import { type AppFacts, checkApp } from './check-app.ts'
import { type OAuthAppView, putAppSecrets, viewOfApp } from './oauth-app.ts'
import { readClientFile } from './read-client-file.ts'
import { registrationsIn } from './registrations.ts'

export type NewOAuthApp = AppFacts & {
  /** Slug of the registration that it is. */
  registration: string
  /** The text of the file that the provider gives to download, instead of a client id and secret. */
  clientFile?: string | undefined
  isDefault?: boolean | undefined
}

/**
 * Stores an OAuth app that somebody registered at a provider. Its secrets are sealed and never shown again. It becomes the
 * default only when that is asked for. `warnings` say what will not work though the app can be stored.
 */
export async function addOAuthApp(
  app: App,
  workspaceId: string,
  { registration: slug, clientFile, isDefault = false, ...facts }: NewOAuthApp,
  by: By,
): Promise<(OAuthAppView & { warnings: string[] }) | Fault> {
  const known = registrationsIn(app.catalog)
  const registration = known.get(slug)?.app
  if (!registration) {
    return new Fault('not_found', `Nothing here needs an OAuth app "${slug.slice(0, 100)}".`, {
      choices: [...known.keys()],
      fix: 'Name one of the listed registrations.',
    })
  }
  const file = clientFile === undefined ? undefined : readClientFile(registration, clientFile, redirectUri(app))
  if (file instanceof Fault) return file
  const given = {
    ...facts,
    clientId: facts.clientId?.trim() ?? file?.clientId,
    clientSecret: facts.clientSecret?.trim() ?? file?.clientSecret,
  }
  const wrong = checkApp(given)
  if (wrong) return wrong
  const { clientId, clientSecret, privateKey, keyId } = given
  if (clientId === undefined) {
    const problem = registration.file ? 'is missing, and no clientFile was given' : 'is missing'
    return new Fault('validation_error', `The client id ${problem}.`, {
      invalidFields: [{ field: 'clientId', problem }],
    })
  }
  const now = app.clock.now()
  return app.db.write(async tx => {
    await lockWorkspace(tx, workspaceId)
    const others = await tx
      .selectFrom('oauth_apps')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('registration', '=', slug)
      .execute()
    const label = facts.label?.trim() ?? freeLabel(registration.name, others)
    if (others.some(each => each.label === label)) return labelTaken(label)
    const row: OAuthAppRow = {
      id: newId('oapp', now),
      workspace_id: workspaceId,
      registration: slug,
      label,
      client_id: clientId,
      is_default: isDefault ? 1 : 0,
      created_by: by.actor.id,
      created_at: now,
    }
    await tx.insertInto('oauth_apps').values(row).execute()
    if (isDefault) await clearOtherDefaults(tx, row)
    await putAppSecrets(tx, app.vault, row, { clientSecret, privateKey, keyId })
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'oauth_app.added',
      target: row.id,
      details: { registration: slug, label, clientId, isDefault },
    })
    return { ...viewOfApp(row, registration.name, 0), warnings: file?.warnings ?? [] }
  })
}
