import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/open.ts'
import { testDatabase } from './database.ts'

export type TestDb = {
  db: Db
  /** A folder of its own; on SQLite the database is in it. */
  dataDir: string
  /** What `openDb` was given, and another process may be given too. */
  settings: { dataDir: string; databaseUrl?: Secret }
  /** Another handle on the same database, as another process would have it. It may be closed, and need not be. */
  open(): Promise<Db>
  [Symbol.asyncDispose](): Promise<void>
}

/** An empty database of the dialect that these tests run on, opened; it is gone when the test ends. */
export async function openTestDb(): Promise<TestDb> {
  const place = await emptyDatabase()
  const opened: Db[] = []
  const open = async () => {
    const db = await openDb(place.settings)
    if (db instanceof Fault) throw new Error(db.message)
    let closed: Promise<void> | undefined
    const handle: Db = { ...db, close: () => (closed ??= db.close()) }
    opened.push(handle)
    return handle
  }
  return {
    db: await open(),
    dataDir: place.dataDir,
    settings: place.settings,
    open,
    async [Symbol.asyncDispose]() {
      for (const db of opened) await db.close()
      await place.drop()
    },
  }
}

/** Where a database can be, and nothing is yet. */
export async function emptyDatabase(): Promise<{
  dataDir: string
  settings: { dataDir: string; databaseUrl?: Secret }
  drop(): Promise<void>
}> {
  const dataDir = mkdtempSync(join(tmpdir(), 'clawlink-db-'))
  const database = await testDatabase()
  return {
    dataDir,
    settings: { dataDir, ...(database && { databaseUrl: new Secret(database.url) }) },
    async drop() {
      await database?.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
