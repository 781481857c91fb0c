import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import type { ConnectionRow, Schema } from '../db/schema.ts'

/**
 * The row of a connection, which stays as it is until the transaction ends. Whoever changes a connection or its credential
 * begins with it, so that nobody waits for somebody who waits for them.
 */
export function lockConnection(app: App, tx: Transaction<Schema>, id: string): Promise<ConnectionRow | undefined> {
  const row = tx.selectFrom('connections').selectAll().where('id', '=', id)
  return (app.db.dialect === 'postgres' ? row.forUpdate() : row).executeTakeFirst()
}
