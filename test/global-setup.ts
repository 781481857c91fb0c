import type { TestProject } from 'vitest/node'
import { type PostgresServer, startPostgres } from './kit/postgres-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where tests on PostgreSQL create their databases (`createTestDatabase`); only there in the postgres project. */
    postgres: PostgresServer
  }
}

/** Gives the tests of one project a PostgreSQL server. Runs only if the project has a test to run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { adminUrl, prefix, stop } = await startPostgres()
  project.provide('postgres', { adminUrl, prefix })
  return stop
}
