/** Traps of node:sqlite that are minded here and in run-batch.ts: undefined cannot be bound, statements must be cached. */
import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { type CompiledQuery, Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import { once } from '../core/once.ts'
import type { Db } from './db.ts'
import { migrate } from './migrate.ts'
import { bindable, isBusy } from './run-batch.ts'
import type { Schema } from './schema.ts'
import { turnSharing } from './share-turn.ts'
import { sqliteWrites } from './sqlite-writes.ts'
import { turnTaking } from './turn-taking.ts'
import { writeTogether } from './write-together.ts'

/** Versions from 3.7.0 to 3.51.2 can corrupt a database when the write-ahead log is reset (fixed in SQLite 3.51.3). */
const sqliteVersionMin = [3, 51, 3]

/** How long to wait for another process that holds the database. */
const busyMs = 5000

/**
 * Opens or creates the database at `path`, readable by its owner only. Every commit is on disk when it returns
 * (WAL with `synchronous=FULL`: NORMAL was seen to lose acknowledged rows in a power cut).
 */
export async function openSqlite(path: string, threadFailed: (cause: unknown) => void = () => {}): Promise<Db> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const writer = new DatabaseSync(path, { timeout: busyMs })
  checkVersion(writer)
  await useWriteAheadLog(writer)
  writer.exec('PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON')
  chmodSync(path, 0o600)

  const writing = new Kysely<Schema>({ dialect: new SqliteDialect({ database: adapt(writer) }) })
  await migrateAtOnce(writer, writing)

  // Reads have their own connection, so that they never see a transaction that is still open.
  const reader = new DatabaseSync(path, { readOnly: true, timeout: busyMs })
  const reading = new Kysely<Schema>({ dialect: new SqliteDialect({ database: adapt(reader) }) })

  const turns = turnTaking()
  const sharing = turnSharing()
  const writes = sqliteWrites({ path, writer, turns, busyMs, onWritten: sharing.forget, threadFailed })

  const write: Db['write'] = async run => turns.run(() => writing.transaction().execute(run).finally(sharing.forget))

  return {
    dialect: 'sqlite',
    read: reading,
    write,
    together: writeTogether(write),
    insert: writes.insert,
    change: <Row>(build: (db: Kysely<Schema>) => { compile(): CompiledQuery<Row> }) => {
      const change = once(() => writes.change<Row>(build(writing).compile().sql))
      return (...parameters) => change()(...parameters)
    },
    point: <Row>(build: (db: Kysely<Schema>) => { compile(): CompiledQuery<Row> }) => {
      const text = once(() => build(reading).compile().sql)
      // The writer has its own pages at hand, while each commit makes the reader read them anew.
      const usual = once(() => writer.prepare(text()))
      const duringTransaction = once(() => reader.prepare(text()))
      return sharing.share(
        (...parameters) => (turns.busy() ? duringTransaction() : usual()).all(...parameters) as Row[], // the columns that `build` selects
      )
    },
    async close() {
      await writes.drain()
      await turns.run(() => {})
      await writes.close()
      await reading.destroy()
      await writing.destroy()
      // Kysely closes a connection only once it has run a query on it.
      for (const connection of [reader, writer]) if (connection.isOpen) connection.close()
    },
  }
}

/** SQLite does not wait, whatever the timeout says, while another process turns the log of a new database on too. */
async function useWriteAheadLog(writer: DatabaseSync): Promise<void> {
  for (const end = Date.now() + busyMs; ; await setTimeout(5)) {
    try {
      return writer.exec('PRAGMA journal_mode=WAL')
    } catch (cause) {
      if (!isBusy(cause) || Date.now() > end) throw cause
    }
  }
}

/**
 * All migrations or none, and one process at a time. Kysely runs them outside of a transaction on SQLite, though SQLite can
 * undo what changes tables: without one, a process that dies in the middle would leave a database that never opens again.
 */
async function migrateAtOnce(writer: DatabaseSync, writing: Kysely<Schema>): Promise<void> {
  writer.exec('begin immediate')
  try {
    await migrate(writing, 'sqlite')
    writer.exec('commit')
  } catch (cause) {
    if (writer.isTransaction) writer.exec('rollback')
    throw cause
  }
}

/**
 * Kysely's view of a connection. `begin` becomes `begin immediate`: every transaction here writes. `rollback` does nothing where
 * SQLite has rolled back by itself, as it does when the disk is full: it would fail, and hide why the transaction had to end.
 */
function adapt(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = statements.get(sql)
      if (known) return known
      const statement = database.prepare(sql === 'begin' ? 'begin immediate' : sql)
      const adapted = {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...parameters.map(bindable)),
        run: (parameters: readonly unknown[]) =>
          sql === 'rollback' && !database.isTransaction ? nothing : statement.run(...parameters.map(bindable)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...parameters.map(bindable)),
      }
      if (statements.size >= 500) statements.clear()
      statements.set(sql, adapted)
      return adapted
    },
  }
}

const nothing = { changes: 0, lastInsertRowid: 0 }

function checkVersion(database: DatabaseSync): void {
  const version = String(database.prepare('select sqlite_version() as version').get()?.version)
  const parts = version.split('.').map(Number)
  const older = sqliteVersionMin.findIndex((part, i) => (parts[i] ?? 0) !== part)
  if (older >= 0 && (parts[older] ?? 0) < (sqliteVersionMin[older] ?? 0)) {
    throw new Error(`SQLite ${version} is too old: 3.51.3 or later is needed. Use Node 24.16 or later.`)
  }
}
