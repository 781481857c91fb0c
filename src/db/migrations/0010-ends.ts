import type { Kysely } from 'kysely'

/** What is looked for again and again is found among very much: what has come to its end, and how much files hold. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('seals_end').on('seals').column('expires_at').execute()
  // An event is kept for as long as a delivery of it is.
  await db.schema.createIndex('deliveries_event').on('deliveries').column('event_id').execute()
  // With the size, so that it is added up from the index alone.
  await db.schema
    .createIndex('files_held')
    .on('files')
    .columns(['workspace_id', 'state', 'expires_at', 'bytes'])
    .execute()
}
