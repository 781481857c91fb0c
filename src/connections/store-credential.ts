import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import type { ConnectionRow, CredentialRow, Schema } from '../db/schema.ts'
import type { Sealed } from '../vault/seal.ts'
import type { Credential } from './credential.ts'
import type { SavedConnection } from './save-connection.ts'

/** Stores the credential of a connection in place of the one before; none where it is kept elsewhere. */
export async function storeCredential(
  app: App,
  tx: Transaction<Schema>,
  row: ConnectionRow,
  { credential, secretRef, expiresAt, renewable }: SavedConnection,
  now: number,
): Promise<void> {
  if (secretRef) return // which only new connections have
  const before = await tx
    .selectFrom('credentials')
    .select('version')
    .where('connection_id', '=', row.id)
    .executeTakeFirst()
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
