import type { Kysely } from 'kysely'

/** How a call stands between two attempts, so that whoever cancels it then can end it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('calls')
    .addColumn('paused', 'text', column => column.notNull().defaultTo(''))
    .execute()
}
