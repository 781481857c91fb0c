import type { Transaction } from 'kysely'
import type { Schema } from '../db/schema.ts'
import type { Sealed, SealSubject } from './seal.ts'

/** A sealed record, wherever it is kept. */
export type SealedRecord = { subject: SealSubject; sealed: Sealed }

/** A table that holds sealed records, as a rotation of the key ring sees it. */
export type SealedTable = {
  /** Up to 200 records after this id whose key is not this one of the ring, in the order of their ids. */
  notUnder(tx: Transaction<Schema>, ringVersion: number, after: string): Promise<SealedRecord[]>
  /** Stores a record wrapped anew, unless it was replaced since it was read: what replaced it has the new key already. */
  save(tx: Transaction<Schema>, record: SealedRecord, sealed: Sealed): Promise<void>
}

const atOnce = 200

const credentials: SealedTable = {
  async notUnder(tx, ringVersion, after) {
    const rows = await tx
      .selectFrom('credentials')
      .select(['connection_id as id', 'workspace_id', 'version', 'ring_version', 'sealed'])
      .where('ring_version', '!=', ringVersion)
      .where('connection_id', '>', after)
      .orderBy('connection_id')
      .limit(atOnce)
      .execute()
    return rows.map(recordOf)
  },
  async save(tx, { subject, sealed: old }, sealed) {
    await tx
      .updateTable('credentials')
      .set({ sealed: sealed.text, ring_version: sealed.ringVersion })
      .where('connection_id', '=', subject.connectionId)
      .where('sealed', '=', old.text)
      .execute()
  },
}

/**
 * A table whose rows are named by their own id. Those of the authorization server belong to no workspace; what is sealed in
 * a file's row is its own key, of which there is one version.
 */
const byId = (table: 'seals' | 'oauth_records' | 'files'): SealedTable => ({
  async notUnder(tx, ringVersion, after) {
    const rows = await tx
      .selectFrom(table)
      .selectAll()
      .where('ring_version', '!=', ringVersion)
      .where('id', '>', after)
      .orderBy('id')
      .limit(atOnce)
      .execute()
    return rows.map(row =>
      recordOf({
        ...row,
        workspace_id: 'workspace_id' in row ? row.workspace_id : '',
        version: 'version' in row ? row.version : 1,
      }),
    )
  },
  async save(tx, { subject, sealed: old }, sealed) {
    await tx
      .updateTable(table)
      .set({ sealed: sealed.text, ring_version: sealed.ringVersion })
      .where('id', '=', subject.connectionId)
      .where('sealed', '=', old.text)
      .execute()
  },
})

/** Every table that holds sealed records. */
export const sealedTables: readonly SealedTable[] = [credentials, byId('seals'), byId('oauth_records'), byId('files')]

type Row = { id: string; workspace_id: string; version: number; ring_version: number; sealed: string }

function recordOf({ id, workspace_id, version, ring_version, sealed }: Row): SealedRecord {
  return {
    subject: { workspaceId: workspace_id, connectionId: id, version },
    sealed: { ringVersion: ring_version, text: sealed },
  }
}
