import { type By, recordAudit } from '../../accounts/audit.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { lockWorkspace } from '../../db/lock-workspace.ts'
import type { OAuthAppRow } from '../../db/schema.ts'
import { askForCheck } from '../ask-for-check.ts'
import { clearOtherDefaults, labelTaken } from './app-rows.ts'
import { checkApp } from './check-app.ts'
import { listOAuthApps } from './list-oauth-apps.ts'
import { type AppSecrets, appSecrets, findApp, type OAuthAppView, putAppSecrets } from './oauth-app.ts'

/** What is absent stays. */
export type OAuthAppChange = AppSecrets & { label?: string | undefined; isDefault?: boolean | undefined }

/** Changes an OAuth app. A new secret counts from the next request to the provider on. */
export async function changeOAuthApp(
  app: App,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: By },
  { label, isDefault, ...secrets }: OAuthAppChange,
): Promise<OAuthAppView | Fault> {
  const wrong = checkApp({ label, ...secrets })
  if (wrong) return wrong
  const now = app.clock.now()
  const fault = await app.db.write(async tx => {
    await lockWorkspace(tx, workspaceId)
    const before = await findApp(tx, workspaceId, id)
    if (before instanceof Fault) return before
    const row: OAuthAppRow = {
      ...before,
      ...(label !== undefined && { label: label.trim() }),
      ...(isDefault !== undefined && { is_default: isDefault ? 1 : 0 }),
    }
    const taken = await tx
      .selectFrom('oauth_apps')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('registration', '=', row.registration)
      .where('label', '=', row.label)
      .where('id', '!=', row.id)
      .executeTakeFirst()
    if (taken) return labelTaken(row.label)
    const newSecrets = Object.entries(secrets).filter(([, value]) => value !== undefined)
    if (newSecrets.length) {
      const kept = await appSecrets(tx, app.vault, row)
      const old = kept instanceof Fault ? {} : kept
      await putAppSecrets(tx, app.vault, row, { ...old, ...Object.fromEntries(newSecrets) })
    }
    await tx
      .updateTable('oauth_apps')
      .set({ label: row.label, is_default: row.is_default })
      .where('id', '=', row.id)
      .execute()
    if (isDefault) await clearOtherDefaults(tx, row)
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'oauth_app.changed',
      target: row.id,
      details: { label: row.label, isDefault: row.is_default === 1, newSecret: newSecrets.length > 0 },
    })
    return row.id
  })
  if (fault instanceof Fault) return fault
  if (Object.values(secrets).some(value => value !== undefined)) await checkUsers(app, workspaceId, id)
  const changed = (await listOAuthApps(app, workspaceId)).find(each => each.id === fault)
  return changed ?? new Fault('not_found', 'There is no such OAuth app.')
}

/** What failed for the old secret may work with the new one. */
async function checkUsers(app: App, workspaceId: string, id: string): Promise<void> {
  const users = await app.db.read
    .selectFrom('connections')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('oauth_app_id', '=', id)
    .where('state', '!=', 'healthy')
    .execute()
  for (const connection of users) await askForCheck(app, connection)
}
