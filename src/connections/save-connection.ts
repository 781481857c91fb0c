import type { Transaction } from 'kysely'
import type { Environment } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { Auth } from '../catalog/auth.ts'
import type { Provider } from '../catalog/catalog.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import type { ConnectionRow, Schema } from '../db/schema.ts'
import { recordEvent } from '../events/record-event.ts'
import { labelTaken } from './connection-label.ts'
import { eventOfChange, restingState } from './connection-state.ts'
import type { Credential } from './credential.ts'
import { otherAccount } from './other-account.ts'
import { storeCredential } from './store-credential.ts'

export type SavedConnection = {
  workspaceId: string
  provider: Provider
  environment: Environment
  /** The one to reconnect: it keeps its id, label and default flag. */
  connectionId?: string | undefined
  label?: string | undefined
  makeDefault?: boolean | undefined
  auth: Auth
  oauthAppId?: string
  account: { id: string; label: string }
  metadata: Readonly<Record<string, string>>
  credential: Credential
  /** Where the credential is kept instead of here. */
  secretRef?: string | undefined
  expiresAt: number | null
  renewable: boolean
  askedScopes: readonly string[]
  /** As the provider reported them; null when it did not. */
  grantedScopes: readonly string[] | null
  createdBy: string
  /** More to do in the same transaction; a fault undoes all. */
  also?: (tx: Transaction<Schema>, row: ConnectionRow) => Promise<Fault | undefined>
}

/** Creates or updates exactly one connection with its credential, in one transaction. Gives its row. */
export async function saveConnection(app: App, saved: SavedConnection): Promise<ConnectionRow | Fault> {
  const now = app.clock.now()
  const result = await undoneByFault(app, async tx => {
    await lockWorkspace(tx, saved.workspaceId)
    const before = saved.connectionId ? await findConnection(tx, saved, saved.connectionId) : undefined
    if (before instanceof Fault) return before
    const other = before && otherAccount(before, saved)
    if (other) return other
    const row = before ? { ...before, ...stateOf(saved, now) } : await newRow(tx, saved, now)
    if (row instanceof Fault) return row
    if (before) await tx.updateTable('connections').set(row).where('id', '=', row.id).execute()
    else await tx.insertInto('connections').values(row).execute()
    if (row.is_default) await clearOtherDefaults(tx, row)
    await storeCredential(app, tx, row, saved, now)
    await recordSaved(app, tx, row, before)
    return (await saved.also?.(tx, row)) ?? row
  })
  app.memory.connections.clear()
  return result
}

/** Tells that it is there, and what that changes for whoever waits for it to be well again. */
async function recordSaved(
  app: App,
  tx: Transaction<Schema>,
  row: ConnectionRow,
  before: ConnectionRow | undefined,
): Promise<void> {
  const { workspace_id: workspaceId, id: subject, provider, label, environment, state_reason: reason } = row
  const facts = { provider, label, environment }
  const type = before ? 'connection.reconnected' : 'connection.connected'
  await recordEvent(tx, app, { workspaceId, subject, type, facts })
  const change = before && eventOfChange(before.state, row.state)
  if (change) await recordEvent(tx, app, { workspaceId, subject, type: change, facts: { ...facts, reason } })
}

/** A fault within a transaction undoes it, and comes out as a value. */
async function undoneByFault<T>(app: App, work: (tx: Transaction<Schema>) => Promise<T | Fault>): Promise<T | Fault> {
  let fault: Fault | undefined
  try {
    return await app.db.write(async tx => {
      const result = await work(tx)
      if (result instanceof Fault) {
        fault = result
        throw new Undone()
      }
      return result
    })
  } catch (cause) {
    if (cause instanceof Undone && fault) return fault
    throw cause
  }
}

class Undone extends Error {}

/** Only one of a provider and an environment is the default. */
export async function clearOtherDefaults(tx: Transaction<Schema>, row: ConnectionRow): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ is_default: 0 })
    .where('workspace_id', '=', row.workspace_id)
    .where('provider', '=', row.provider)
    .where('environment', '=', row.environment)
    .where('id', '!=', row.id)
    .execute()
}

async function findConnection(tx: Transaction<Schema>, saved: SavedConnection, id: string) {
  const row = await tx
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', saved.workspaceId)
    .where('provider', '=', saved.provider.slug)
    .executeTakeFirst()
  return row ?? new Fault('connection_not_found', 'The connection that was to be reconnected is gone.')
}

function stateOf(saved: SavedConnection, now: number) {
  const { auth, oauthAppId = '', account, metadata, askedScopes, grantedScopes, secretRef = '' } = saved
  const scopes = {
    asked_scopes: JSON.stringify(askedScopes),
    granted_scopes: grantedScopes ? JSON.stringify(grantedScopes) : '',
  }
  const standing = restingState(scopes, { renewable: saved.renewable ? 1 : 0, expires_at: saved.expiresAt }, now)
  return {
    auth: auth.id,
    oauth_app_id: oauthAppId,
    account_id: account.id,
    account_label: account.label,
    metadata: JSON.stringify(metadata),
    ...scopes,
    secret_ref: secretRef,
    state: standing.state,
    state_reason: standing.reason,
    state_at: now,
  }
}

async function newRow(tx: Transaction<Schema>, saved: SavedConnection, now: number): Promise<ConnectionRow | Fault> {
  const { workspaceId, provider, environment, makeDefault, account, createdBy } = saved
  const taken = await tx
    .selectFrom('connections')
    .select('label')
    .where('workspace_id', '=', workspaceId)
    .where('provider', '=', provider.slug)
    .execute()
  const labels = new Set(taken.map(({ label }) => label))
  const wanted = saved.label?.trim()
  if (wanted && labels.has(wanted)) {
    return labelTaken(provider.slug, wanted, 'Give this one another label, or remove the old one first.')
  }
  return {
    id: newId('conn', now),
    workspace_id: workspaceId,
    provider: provider.slug,
    label: wanted ?? freeLabel(account.label, labels),
    environment,
    is_default: makeDefault ? 1 : 0,
    created_at: now,
    created_by: createdBy,
    ...stateOf(saved, now),
  }
}

/** The account's own name, with a number when that is taken. */
function freeLabel(name: string, labels: ReadonlySet<string>): string {
  let label = name
  for (let count = 2; labels.has(label); count++) label = `${name} (${count})`
  return label
}
