import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../db.ts'

/** Files that agents share: their versions, and who is editing them. The contents are in `files`. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  /** Ordered by their bytes, as SQLite does, whatever the language of the database: the keys below a prefix are one range. */
  const keyType = dialect === 'postgres' ? sql`text collate "C"` : 'text'

  await db.schema
    .createTable('shared_file_versions')
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('key', keyType, column => column.notNull())
    .addColumn('version', 'integer', column => column.notNull())
    .addColumn('latest', 'integer', column => column.notNull())
    .addColumn('change', 'text', column => column.notNull())
    .addColumn('file_id', 'text', column => column.notNull())
    .addColumn('bytes', 'bigint', column => column.notNull())
    .addColumn('sha256', 'text', column => column.notNull())
    .addColumn('media_type', 'text', column => column.notNull())
    .addColumn('base_version', 'integer', column => column.notNull())
    .addColumn('restored_from', 'integer', column => column.notNull())
    .addColumn('by_kind', 'text', column => column.notNull())
    .addColumn('by_id', 'text', column => column.notNull())
    .addColumn('by_device', 'text', column => column.notNull())
    .addColumn('at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addPrimaryKeyConstraint('shared_file_versions_key', ['workspace_id', 'key', 'version'])
    .execute()
  await db.schema
    .createIndex('shared_file_versions_latest')
    .unique()
    .on('shared_file_versions')
    .columns(['workspace_id', 'key'])
    .where(sql.ref('latest'), '=', sql.lit(1))
    .execute()
  await db.schema
    .createIndex('shared_file_versions_content')
    .on('shared_file_versions')
    .columns(['workspace_id', 'sha256'])
    .execute()
  await db.schema.createIndex('shared_file_versions_file').on('shared_file_versions').column('file_id').execute()
  await db.schema.createIndex('shared_file_versions_end').on('shared_file_versions').column('expires_at').execute()

  await db.schema
    .createTable('shared_file_leases')
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('key', keyType, column => column.notNull())
    .addColumn('by_kind', 'text', column => column.notNull())
    .addColumn('by_id', 'text', column => column.notNull())
    .addColumn('by_device', 'text', column => column.notNull())
    .addColumn('note', 'text', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('shared_file_leases_key', ['workspace_id', 'key'])
    .execute()
  await db.schema.createIndex('shared_file_leases_end').on('shared_file_leases').column('expires_at').execute()
}
