import { type Kysely, sql, type Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'
import type { SharedFileVersionRow } from '../../db/shared-file-schema.ts'

/** Whoever changes shared files of a workspace takes turns until the transaction ends. On SQLite all writers do anyway. */
export async function lockSharedFiles({ db }: App, tx: Transaction<Schema>, workspaceId: string): Promise<void> {
  if (db.dialect === 'postgres')
    await sql`select pg_advisory_xact_lock(hashtextextended(${`shared files ${workspaceId}`}, 0))`.execute(tx)
}

/** The present state of a key, which may be that it was deleted. */
export function latestVersion(db: Kysely<Schema>, workspaceId: string, key: string) {
  return versionsOf(db, workspaceId, key).where('latest', '=', 1).executeTakeFirst()
}

export function findVersion(db: Kysely<Schema>, workspaceId: string, key: string, version: number) {
  return versionsOf(db, workspaceId, key).where('version', '=', version).executeTakeFirst()
}

export function versionsOf(db: Kysely<Schema>, workspaceId: string, key: string) {
  return db
    .selectFrom('shared_file_versions')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', key)
}

/** Names the content and the version, so that no other state of any time has the same. Without the quotes of the header. */
export const etagOf = ({ version, sha256 }: SharedFileVersionRow): string => `${version}-${sha256.slice(0, 16)}`

/** What is told of a change: never its content. */
export function factsOf({ key, version, change, bytes, media_type, by_kind, by_id, by_device }: SharedFileVersionRow) {
  return { key, version, change, bytes, mediaType: media_type, byKind: by_kind, by: by_id, device: by_device }
}

export function noSharedFile(key: string, row?: SharedFileVersionRow): Fault {
  return row?.change === 'delete'
    ? new Fault('not_found', `The shared file "${key}" was deleted, as version ${row.version}.`, {
        fix: 'Restore an earlier version if it is needed: its history lists them.',
      })
    : new Fault('not_found', `There is no shared file "${key}".`, {
        fix: 'List the shared files, and use one of their keys.',
      })
}

export function noSuchVersion(key: string, version: number): Fault {
  return new Fault('not_found', `The shared file "${key}" has no version ${version}, or none any more.`, {
    fix: 'Its history lists the versions that there are.',
  })
}
