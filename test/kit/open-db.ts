import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/open.ts'
import { testDatabase } from './database.ts'
import { createTestDatabase, type TestDatabase } from './postgres-cluster.ts'

/** A database of the dialect that these tests run on. It is gone when the test ends. */
export type DbPlace = {
  /** A folder of its own; on SQLite the database is in it. */
  dataDir: string
  /** What `openDb` takes to open it. */
  settings: { dataDir: string; databaseUrl?: Secret }
  /** Another handle, as another process would have it. It may be closed, and need not be. */
  open(): Promise<Db>
  [Symbol.asyncDispose](): Promise<void>
}

/** A database without rows, opened. */
export async function openTestDb(): Promise<DbPlace & { db: Db }> {
  const place = placeOf(await testDatabase())
  return { ...place, db: await place.open() }
}

/** Where a database can be and nothing is yet, not even a table. */
export async function emptyDatabase(): Promise<DbPlace> {
  if (process.env.CLAWLINK_TEST_DIALECT !== 'postgres') return placeOf(undefined)
  return placeOf(await createTestDatabase(inject('postgres')))
}

function placeOf(database: TestDatabase | undefined): DbPlace {
  const dataDir = mkdtempSync(join(tmpdir(), 'clawlink-db-'))
  const settings = { dataDir, ...(database && { databaseUrl: new Secret(database.url) }) }
  const opened: Db[] = []
  return {
    dataDir,
    settings,
    async open() {
      const db = await openDb(settings)
      if (db instanceof Fault) throw new Error(db.message)
      let closed: Promise<void> | undefined
      const handle: Db = { ...db, close: () => (closed ??= db.close()) }
      opened.push(handle)
      return handle
    },
    async [Symbol.asyncDispose]() {
      for (const db of opened) await db.close()
      await database?.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
