import { Client } from 'pg'
import { inject } from 'vitest'
import { createTestDatabase, type TestDatabase } from './postgres-cluster.ts'

type KeptDatabase = { url: string; client: Client }

// Making a database, and connecting to it, takes longer than most tests: tests hand theirs on, emptied, as long as this
// process lives. The server's end removes them.
const idle: KeptDatabase[] = []

/** A PostgreSQL database of its own when these tests run on PostgreSQL; undefined on SQLite, which needs none. */
export async function testDatabase(): Promise<TestDatabase | undefined> {
  if (process.env.CLAWLINK_TEST_DIALECT !== 'postgres') return undefined
  const kept = idle.pop() ?? (await makeDatabase())
  return {
    url: kept.url,
    async drop() {
      await empty(kept.client)
      idle.push(kept)
    },
  }
}

async function makeDatabase(): Promise<KeptDatabase> {
  const { url } = await createTestDatabase(inject('postgres'))
  const client = new Client({ connectionString: url })
  // The server may end before this process does.
  client.on('error', () => {})
  await client.connect()
  // As a replica it passes over what guards the rows, which takes a superuser.
  await client.query('set session_replication_role = replica')
  return { url, client }
}

/**
 * Leaves the tables and the record of migrations as they are, without a row. Deleting is many times faster than truncating
 * here, and most tables never had a row.
 */
async function empty(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>({
    name: 'tables',
    text: `select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace
      and relkind = 'r' and relname not like 'kysely%' and pg_relation_size(oid) > 0`,
  })
  const names = rows.map(({ name }) => name)
  if (names.length === 0) return
  const deletes = names.map(name => `delete from ${name};`).join(' ')
  await client.query(`begin; ${deletes} commit`).catch(() => client.query(`rollback; truncate ${names.join(', ')}`))
}
