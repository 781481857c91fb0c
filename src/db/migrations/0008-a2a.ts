import type { Kysely } from 'kysely'

/** A2A: who is told of tasks, and agents elsewhere with what was sent to them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('a2a_pushes')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('task_id', 'text', column => column.notNull().references('relay_tasks.id').onDelete('cascade'))
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('agent_id', 'text', column => column.notNull())
    .addColumn('sealed', 'text', column => column.notNull())
    .addColumn('wire', 'text', column => column.notNull())
    .addColumn('told_version', 'integer', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()
  await db.schema.createIndex('a2a_pushes_task').on('a2a_pushes').column('task_id').execute()
  await db.schema
    .createTable('a2a_remotes')
    .addColumn('agent_id', 'text', column => column.primaryKey().references('agents.id').onDelete('cascade'))
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('card_url', 'text', column => column.notNull())
    .addColumn('card', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()
  await db.schema
    .createTable('a2a_sent')
    .addColumn('task_id', 'text', column => column.primaryKey().references('relay_tasks.id').onDelete('cascade'))
    .addColumn('workspace_id', 'text', column => column.notNull().references('workspaces.id'))
    .addColumn('agent_id', 'text', column => column.notNull())
    .addColumn('remote_id', 'text', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('message_id', 'text', column => column.notNull())
    .addColumn('told_version', 'integer', column => column.notNull())
    .addColumn('seen', 'text', column => column.notNull())
    .addColumn('seen_at', 'bigint', column => column.notNull())
    .execute()
}
