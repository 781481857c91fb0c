import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import type { OAuthAppRow, Schema } from '../../db/schema.ts'
import { findSealed, putSeal } from '../../vault/sealed-rows.ts'
import type { Vault } from '../../vault/vault.ts'

/** What belongs to a client id. Sealed as JSON under the id of the app. `privateKey`: PEM; `keyId`: its name at the provider. */
export type AppSecrets = {
  clientSecret?: string | undefined
  privateKey?: string | undefined
  keyId?: string | undefined
}

/** An OAuth app as people see it: never its secrets. */
export type OAuthAppView = {
  id: string
  registration: string
  registrationName: string
  label: string
  clientId: string
  isDefault: boolean
  /** How many connections were made with it. */
  connections: number
  createdAt: string
}

export function viewOfApp(row: OAuthAppRow, registrationName: string, connections: number): OAuthAppView {
  return {
    id: row.id,
    registration: row.registration,
    registrationName,
    label: row.label,
    clientId: row.client_id,
    isDefault: row.is_default === 1,
    connections,
    createdAt: new Date(row.created_at).toISOString(),
  }
}

/** One OAuth app of this workspace. `id` may also be a label that only one of them has. */
export async function findApp(db: Kysely<Schema>, workspaceId: string, id: string): Promise<OAuthAppRow | Fault> {
  const rows = await db
    .selectFrom('oauth_apps')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where(q => q.or([q('id', '=', id), q('label', '=', id)]))
    .execute()
  const row = rows.find(each => each.id === id) ?? (rows.length === 1 ? rows[0] : undefined)
  if (row) return row
  return rows.length
    ? new Fault('conflict', `Several OAuth apps are labelled "${id}".`, {
        choices: rows.map(each => `${each.id} (${each.registration})`),
        fix: 'Name it by its id.',
      })
    : new Fault('not_found', 'There is no such OAuth app.', { fix: 'List the OAuth apps and use one of their ids.' })
}

/** The secrets of an app, opened for one use. */
export async function appSecrets(
  db: Kysely<Schema>,
  vault: Vault,
  { id, workspace_id: workspaceId }: OAuthAppRow,
): Promise<AppSecrets | Fault> {
  const opened = await findSealed(db, vault, { id, workspaceId })
  if (!opened || opened instanceof Fault) return opened ?? {}
  return JSON.parse(opened.reveal()) as AppSecrets // sealed by `putAppSecrets` alone
}

export function putAppSecrets(
  tx: Transaction<Schema>,
  vault: Vault,
  { id, workspace_id: workspaceId }: OAuthAppRow,
  secrets: AppSecrets,
): Promise<void> {
  return putSeal(tx, vault, { id, workspaceId, text: JSON.stringify(secrets) })
}

/** How many connections each of these apps serves. */
export async function connectionCounts(db: Kysely<Schema>, workspaceId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('connections')
    .select(q => ['oauth_app_id', q.fn.countAll<number>().as('n')])
    .where('workspace_id', '=', workspaceId)
    .where('oauth_app_id', '!=', '')
    .groupBy('oauth_app_id')
    .execute()
  return new Map(rows.map(row => [row.oauth_app_id, Number(row.n)]))
}
