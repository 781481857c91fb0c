import { inject } from 'vitest'
import { createTestDatabase } from './postgres-cluster.ts'

/** A PostgreSQL database of its own when these tests run on PostgreSQL; undefined on SQLite, which needs none. */
export async function testDatabase(): Promise<{ url: string; drop(): Promise<void> } | undefined> {
  if (process.env.CLAWLINK_TEST_DIALECT !== 'postgres') return undefined
  return createTestDatabase(inject('postgresAdminUrl'))
}
