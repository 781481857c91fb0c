import type { Transaction } from 'kysely'
import type { RelayContentRow } from '../db/relay-schema.ts'
import type { Schema } from '../db/schema.ts'

/** Stores a large content; in place of what is left of something of the same id that is forgotten. */
export async function putContent(tx: Transaction<Schema>, content: RelayContentRow): Promise<void> {
  const { sealed, expires_at } = content
  await tx
    .insertInto('relay_contents')
    .values(content)
    .onConflict(on => on.column('id').doUpdateSet({ sealed, expires_at }))
    .execute()
}
