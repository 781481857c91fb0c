import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../db.ts'

/** Workspaces, agents and their keys, connections and their credentials, the usage record, settings. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('workspaces')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('agents')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addUniqueConstraint('agents_name', ['workspace_id', 'name'])
    .execute()

  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('agent_id', 'text', column => column.notNull().references('agents.id'))
    .addColumn('environment', 'text', column => column.notNull())
    .addColumn('hash', 'text', column => column.notNull().unique())
    .addColumn('last_four', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute()

  await db.schema
    .createTable('connections')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('provider', 'text', column => column.notNull())
    .addColumn('label', 'text', column => column.notNull())
    .addColumn('environment', 'text', column => column.notNull())
    .addColumn('account_id', 'text', column => column.notNull())
    .addColumn('account_label', 'text', column => column.notNull())
    .addColumn('is_default', 'integer', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addUniqueConstraint('connections_label', ['workspace_id', 'provider', 'label'])
    .execute()

  await db.schema
    .createTable('credentials')
    .addColumn('connection_id', 'text', column => column.primaryKey().references('connections.id').onDelete('cascade'))
    .addColumn('workspace_id', 'text', column => column.notNull())
    .addColumn('version', 'bigint', column => column.notNull())
    .addColumn('ring_version', 'integer', column => column.notNull())
    .addColumn('sealed', 'text', column => column.notNull())
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('usage')
    .addColumn('call_id', 'text', column => column.notNull())
    .addColumn('workspace_id', 'text', column => column.notNull())
    .addColumn('agent_id', 'text', column => column.notNull())
    .addColumn('key_id', 'text', column => column.notNull())
    .addColumn('connection_id', 'text', column => column.notNull())
    .addColumn('provider', 'text', column => column.notNull())
    .addColumn('tool', 'text', column => column.notNull())
    .addColumn('effect', 'text', column => column.notNull())
    .addColumn('environment', 'text', column => column.notNull())
    .addColumn('surface', 'text', column => column.notNull())
    .addColumn('outcome', 'text', column => column.notNull())
    .addColumn('code', 'text', column => column.notNull())
    .addColumn('provider_status', 'integer', column => column.notNull())
    .addColumn('attempts', 'integer', column => column.notNull())
    .addColumn('started_at', 'bigint', column => column.notNull())
    .addColumn('duration_ms', 'bigint', column => column.notNull())
    .addColumn('request_bytes', 'bigint', column => column.notNull())
    .addColumn('answer_bytes', 'bigint', column => column.notNull())
    // Serves a single call and the pages of a workspace, newest first; ids are time-ordered, so it grows at its end.
    .addPrimaryKeyConstraint('usage_key', ['workspace_id', 'call_id'])
    // The only table that every call writes to: on SQLite its rows live in the key's own tree, which is all there is to write.
    .$call(table => (dialect === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table))
    .execute()

  await db.schema
    .createTable('settings')
    .addColumn('name', 'text', column => column.primaryKey())
    .addColumn('value', 'text', column => column.notNull())
    .execute()
}
