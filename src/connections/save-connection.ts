import type { Transaction } from 'kysely'
import type { Environment } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { Auth } from '../catalog/auth.ts'
import type { Provider } from '../catalog/catalog.ts'
import { namesIn } from '../catalog/fill-url.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import type { ConnectionRow, CredentialRow, Schema } from '../db/schema.ts'
import { recordEvent } from '../events/record-event.ts'
import type { Sealed } from '../vault/seal.ts'
import { metadataOf } from './auth-of.ts'
import { labelTaken } from './connection-label.ts'
import { eventOfChange, restingState } from './connection-state.ts'
import type { Credential } from './credential.ts'

export type SavedConnection = {
  workspaceId: string
  provider: Provider
  environment: Environment
  /** The one to connect anew: it keeps its id, label and default flag. */
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
  return row ?? new Fault('connection_not_found', 'The connection that was to be connected anew is gone.')
}

/** Agents know a connection by its id: behind the same id there must never be somebody else's account. */
function otherAccount(before: ConnectionRow, saved: SavedConnection): Fault | undefined {
  const { account, provider } = saved
  const place = before.account_id === account.id ? otherPlace(before, saved) : undefined
  if (place) {
    return new Fault('conflict', `"${before.label}" is connected to ${place.before}, and this is ${place.now}.`, {
      fix: `Connect anew with ${place.before}, or connect ${place.now} as a new connection.`,
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

async function storeCredential(
  app: App,
  tx: Transaction<Schema>,
  row: ConnectionRow,
  { credential, secretRef, expiresAt, renewable }: SavedConnection,
  now: number,
): Promise<void> {
  const before = await tx
    .selectFrom('credentials')
    .select('version')
    .where('connection_id', '=', row.id)
    .executeTakeFirst()
  if (secretRef) {
    await tx.deleteFrom('credentials').where('connection_id', '=', row.id).execute()
    return
  }
  const version = (before?.version ?? 0) + 1
  const columns = {
    ...sealedColumns(app, row, credential, version),
    updated_at: now,
    expires_at: expiresAt,
    renewable: renewable ? 1 : 0,
    renew_after: 0,
    failures: 0,
    lease_owner: '',
    lease_until: 0,
  }
  await tx
    .insertInto('credentials')
    .values({ connection_id: row.id, workspace_id: row.workspace_id, ...columns })
    .onConflict(on => on.column('connection_id').doUpdateSet(columns))
    .execute()
}

/** A credential as the columns that hold it, sealed for this connection and this version. */
export function sealedColumns(
  app: App,
  row: Pick<ConnectionRow, 'id' | 'workspace_id'>,
  credential: Credential,
  version: number,
): Pick<CredentialRow, 'version' | 'ring_version' | 'sealed' | 'format'> {
  const { format, text } = credential.sealedText()
  const sealed: Sealed = app.vault.seal({ workspaceId: row.workspace_id, connectionId: row.id, version }, text)
  return { version, ring_version: sealed.ringVersion, sealed: sealed.text, format }
}
