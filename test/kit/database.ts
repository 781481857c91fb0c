import { Client } from 'pg'
import { inject } from 'vitest'
import { createTestDatabase, type TestDatabase } from './postgres-cluster.ts'

// Making a database takes longer than most tests, so the tests of one file hand theirs on, emptied.
const idle: TestDatabase[] = []

/** Removes those that nobody uses just now. */
export async function dropIdleDatabases(): Promise<void> {
  for (const database of idle.splice(0)) await database.drop()
}

/** A PostgreSQL database of its own when these tests run on PostgreSQL; undefined on SQLite, which needs none. */
export async function testDatabase(): Promise<TestDatabase | undefined> {
  if (process.env.CLAWLINK_TEST_DIALECT !== 'postgres') return undefined
  const database = idle.pop() ?? (await createTestDatabase(inject('postgresAdminUrl')))
  return {
    url: database.url,
    async drop() {
      await empty(database.url)
      idle.push(database)
    },
  }
}

/**
 * Leaves the tables and the record of migrations as they are, without a row. Deleting is many times faster than truncating
 * here; as a replica it passes over what guards the rows, which takes a superuser.
 */
async function empty(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`,
  )
  const names = rows.map(({ name }) => name)
  const deletes = names.map(name => `delete from ${name};`).join(' ')
  await client
    .query(`begin; set local session_replication_role = replica; ${deletes} commit`)
    .catch(() => client.query(`rollback; truncate ${names.join(', ')}`))
  await client.end()
}
