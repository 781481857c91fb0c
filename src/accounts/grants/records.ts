import { hash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { OAuthRecordRow, Schema } from '../../db/schema.ts'
import type { Vault } from '../../vault/vault.ts'

/** A record of the authorization server, opened. */
export type OpenRecord<T> = { row: OAuthRecordRow; payload: T }

/**
 * What stands for a token, a code or an id in the database. They have full entropy, so one SHA-256 is enough; a user code
 * has less, but lives for minutes and is no credential.
 */
export function recordId(model: string, name: string): string {
  return hash('sha256', `${model}\n${name}`)
}

/** The record of this id while it lasts, or undefined. `payload` is what was put, without the name that the id stands for. */
export async function readRecord<T extends object>(
  db: Kysely<Schema>,
  vault: Vault,
  id: string,
  nowMs: number,
): Promise<OpenRecord<T> | undefined> {
  const row = await db.selectFrom('oauth_records').selectAll().where('id', '=', id).executeTakeFirst()
  return row && openRecord(vault, row, nowMs)
}

/** The same for a row that is at hand. One that does not open counts as gone. */
export function openRecord<T extends object>(
  vault: Vault,
  row: OAuthRecordRow,
  nowMs: number,
): OpenRecord<T> | undefined {
  if (row.expires_at !== null && row.expires_at <= nowMs) return undefined
  const opened = vault.open(subjectOf(row), { ringVersion: row.ring_version, text: row.sealed })
  return opened instanceof Fault ? undefined : { row, payload: JSON.parse(opened.reveal()) }
}

/** Stores a record. One of the same id is replaced. */
export async function putRecord(
  tx: Transaction<Schema>,
  vault: Vault,
  {
    id,
    model,
    payload,
    expiresAt,
    grantId = '',
    userCode = '',
  }: {
    id: string
    model: string
    payload: object
    expiresAt: number | null
    /** Id of the key that the grant is. */
    grantId?: string | undefined
    /** The `recordId` of it. */
    userCode?: string | undefined
  },
): Promise<void> {
  const version = 1
  const columns = {
    ...sealedColumns(vault, { id, version }, payload),
    grant_id: grantId,
    user_code: userCode,
    version,
    expires_at: expiresAt,
  }
  await tx
    .insertInto('oauth_records')
    .values({ id, model, uid: '', consumed_at: null, ...columns })
    .onConflict(on => on.column('id').doUpdateSet(columns))
    .execute()
}

/** Replaces what a record holds; false when somebody else has done so since it was read. */
export async function replaceRecord(
  tx: Transaction<Schema>,
  vault: Vault,
  { row }: OpenRecord<object>,
  { payload, grantId = row.grant_id }: { payload: object; grantId?: string },
): Promise<boolean> {
  const version = row.version + 1
  const replaced = await tx
    .updateTable('oauth_records')
    .set({ ...sealedColumns(vault, { id: row.id, version }, payload), version, grant_id: grantId })
    .where('id', '=', row.id)
    .where('version', '=', row.version)
    .executeTakeFirst()
  return replaced.numUpdatedRows > 0n
}

function sealedColumns(vault: Vault, { id, version }: { id: string; version: number }, payload: object) {
  const sealed = vault.seal(subjectOf({ id, version }), new Secret(JSON.stringify(payload)))
  return { ring_version: sealed.ringVersion, sealed: sealed.text }
}

const subjectOf = ({ id, version }: { id: string; version: number }) => ({ workspaceId: '', connectionId: id, version })
