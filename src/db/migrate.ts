import { isDeepStrictEqual } from 'node:util'
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Dialect } from './db.ts'
import * as firstTables from './migrations/0001-first-tables.ts'
import * as people from './migrations/0002-people.ts'
import * as connecting from './migrations/0003-connecting.ts'
import * as idempotency from './migrations/0004-idempotency.ts'
import * as trustedCalls from './migrations/0005-trusted-calls.ts'
import * as relay from './migrations/0006-relay.ts'
import * as sharedFiles from './migrations/0007-shared-files.ts'
import * as a2a from './migrations/0008-a2a.ts'
import * as pauses from './migrations/0009-pauses.ts'
import * as ends from './migrations/0010-ends.ts'

/** In order; never edited once released. */
const migrations: Record<string, { up(db: Kysely<unknown>, dialect: Dialect): Promise<void> }> = {
  '0001-first-tables': firstTables,
  '0002-people': people,
  '0003-connecting': connecting,
  '0004-idempotency': idempotency,
  '0005-trusted-calls': trustedCalls,
  '0006-relay': relay,
  '0007-shared-files': sharedFiles,
  '0008-a2a': a2a,
  '0009-pauses': pauses,
  '0010-ends': ends,
}

/** Tables of which this version knows too little to touch them. */
export class LaterVersion extends Error {
  constructor(migration: string) {
    super(`it was brought to a later version of ClawLink, which made ${migration}`)
  }
}

/**
 * Brings the tables to this version. On PostgreSQL the migrator takes a lock and runs them in one transaction; on SQLite the
 * caller has to.
 */
export async function migrate<S>(db: Kysely<S>, dialect: Dialect): Promise<string[]> {
  const done = await doneBefore(db)
  const unknown = done.find(name => !Object.hasOwn(migrations, name))
  if (unknown !== undefined) throw new LaterVersion(unknown)
  if (isDeepStrictEqual(done, Object.keys(migrations))) return []
  const bound = Object.entries(migrations).map(([name, { up }]): [string, Migration] => [
    name,
    { up: on => up(on, dialect) },
  ])
  const migrator = new Migrator({ db, provider: { getMigrations: async () => Object.fromEntries(bound) } })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error) throw error
  return results.map(result => result.migrationName)
}

/**
 * What was done, from a look at one small table: usual at a start is that nothing is to do, and the migrator would describe
 * every table several times over.
 */
function doneBefore<S>(db: Kysely<S>): Promise<string[]> {
  return (
    sql<{ name: string }>`select name from kysely_migration order by name`
      .execute(db)
      .then(({ rows }) => rows.map(({ name }) => name))
      // No such table: nothing was ever done. Whatever else is wrong stays wrong for the migrator, which says it.
      .catch(() => [])
  )
}
