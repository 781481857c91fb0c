import type { Kysely } from 'kysely'

/** Idempotency keys of callers. The calls made under them, and their answers, are kept as parked calls are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('idempotency_keys')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('call_id', 'text', column => column.notNull())
    .addColumn('digest', 'text', column => column.notNull())
    .addColumn('owner', 'text', column => column.notNull())
    .addColumn('lease_until', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute()
  await db.schema.createIndex('idempotency_keys_call').on('idempotency_keys').column('call_id').execute()
  await db.schema.createIndex('idempotency_keys_end').on('idempotency_keys').column('expires_at').execute()
  await db.schema.createIndex('calls_end').on('calls').column('ended_at').execute()
}
