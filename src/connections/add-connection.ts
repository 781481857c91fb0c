import type { Environment } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { isId, newId } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { unfitForHeader } from './apply-credential.ts'
import { type Connection, connectionOf } from './connection.ts'
import { probeAccount } from './probe-account.ts'

export type NewConnection = {
  provider: string
  secret: Secret
  environment: Environment
  /** Unique per provider; the account's own name when absent. */
  label?: string | undefined
  makeDefault?: boolean | undefined
}

/**
 * Connects one account: proves the secret by a live call, seals it, stores both rows at once. Nothing is stored when the
 * provider refuses. A new connection becomes the default only when that is asked for.
 */
export async function addConnection(app: App, workspaceId: string, wanted: NewConnection): Promise<Connection | Fault> {
  const provider = app.catalog.providers.get(wanted.provider)
  if (!provider) {
    return new Fault('provider_not_found', `There is no provider "${wanted.provider}".`, {
      choices: [...app.catalog.providers.keys()],
    })
  }
  const unfit = unfitForHeader(wanted.secret.reveal())
  if (unfit) return invalid('secret', `The secret ${unfit}.`)
  const problem = wanted.label === undefined ? undefined : labelProblem(wanted.label)
  if (problem) return invalid('label', problem)
  const [auth] = provider.connector.auth
  const account = await probeAccount(app, provider, auth, wanted.secret)
  if (account instanceof Fault) return account

  const now = app.clock.now()
  const row: ConnectionRow = {
    id: newId('conn', now),
    workspace_id: workspaceId,
    provider: provider.slug,
    label: wanted.label?.trim() ?? account.label,
    environment: wanted.environment,
    account_id: account.id,
    account_label: account.label,
    is_default: wanted.makeDefault ? 1 : 0,
    created_at: now,
  }
  const stored = await store(app, row, wanted.secret)
  app.memory.connections.clear()
  return stored ?? connectionOf(row)
}

async function store(app: App, row: ConnectionRow, secret: Secret): Promise<Fault | undefined> {
  const subject = { workspaceId: row.workspace_id, connectionId: row.id, version: 1 }
  const sealed = app.vault.seal(subject, secret)
  return app.db.write(async tx => {
    if (row.is_default) {
      // Whoever makes a default waits here for the others who do: this row stays locked until the transaction ends.
      const workspace = tx.updateTable('workspaces').where('id', '=', row.workspace_id)
      await workspace.set(({ ref }) => ({ name: ref('name') })).execute()
    }
    const inserted = await tx
      .insertInto('connections')
      .values(row)
      .onConflict(on => on.columns(['workspace_id', 'provider', 'label']).doNothing())
      .executeTakeFirst()
    if (!inserted.numInsertedOrUpdatedRows) {
      return new Fault('conflict', `There is a connection to ${row.provider} labelled "${row.label}" already.`, {
        fix: 'Give this one another label, or remove the old one first.',
      })
    }
    if (row.is_default) {
      await tx
        .updateTable('connections')
        .set({ is_default: 0 })
        .where('workspace_id', '=', row.workspace_id)
        .where('provider', '=', row.provider)
        .where('environment', '=', row.environment)
        .where('id', '!=', row.id)
        .execute()
    }
    await tx
      .insertInto('credentials')
      .values({
        connection_id: row.id,
        workspace_id: row.workspace_id,
        version: subject.version,
        ring_version: sealed.ringVersion,
        sealed: sealed.text,
        updated_at: row.created_at,
      })
      .execute()
    return undefined
  })
}

function labelProblem(label: string): string | undefined {
  if (!label.trim() || label.length > 80 || /\p{Cc}/u.test(label)) return 'A label is 1 to 80 printable characters.'
  return isId('conn', label.trim()) ? 'A label must not look like the id of a connection.' : undefined
}

function invalid(field: string, message: string): Fault {
  return new Fault('validation_error', message, { invalidFields: [{ field, problem: message }] })
}
