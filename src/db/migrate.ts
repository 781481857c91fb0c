import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import * as firstTables from './migrations/0001-first-tables.ts'

/** In order; never edited once released. */
const migrations: Record<string, Migration> = { '0001-first-tables': firstTables }

/**
 * Brings the tables to this version. On PostgreSQL the migrator takes a lock and runs them in one transaction; on SQLite the
 * caller has to.
 */
export async function migrate<S>(db: Kysely<S>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error) throw error
  return results.map(result => result.migrationName)
}
