import { createHash } from 'node:crypto'
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Db, Insert } from './db.ts'
import { groupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import type { Schema } from './schema.ts'
import { turnSharing } from './share-turn.ts'

/** A statement takes at most 65,535 parameters; this many rows of the widest table stay far below. */
const rowsPerStatement = 500

/** Connects to PostgreSQL and brings the tables to this version. Many processes may share one database. */
export async function openPostgres(url: string, options: { poolMax?: number } = {}): Promise<Db> {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolMax ?? 16,
    application_name: 'clawlink',
    types: { getTypeParser: portableParser },
  })
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(db, 'postgres')
  } catch (cause) {
    await db.destroy()
    throw cause
  }
  const sharing = turnSharing()
  const commits = groupCommit(batch => insertBatch(db, batch).finally(sharing.forget))

  const write: Db['write'] = run => db.transaction().execute(run).finally(sharing.forget)

  return {
    dialect: 'postgres',
    read: db,
    write,
    // The server commits those of all connections together by itself; in one transaction they would wait for each other's rows.
    together: write,
    insert: (table, row) => commits.insert({ table, row }),
    point: <Row>(build: (db: Kysely<Schema>) => { compile(): CompiledQuery<Row> }) => {
      const text = build(db).compile().sql
      const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
      return sharing.share(async (...parameters) => {
        const { rows } = await pool.query({ name, text, values: [...parameters] })
        return rows as Row[] // the columns that `build` selects
      })
    },
    async close() {
      await commits.drain()
      await db.destroy()
    },
  }
}

async function insertBatch(db: Kysely<Schema>, batch: readonly Insert[]): Promise<void> {
  const tables = Map.groupBy(batch, insert => insert.table)
  const statements = [...tables].flatMap(([table, inserts]) =>
    chunks(inserts, rowsPerStatement).map(chunk => ({ table, rows: chunk.map(insert => insert.row) })),
  )
  const run = async (on: Kysely<Schema>) => {
    for (const { table, rows } of statements) {
      await on
        .insertInto(table)
        .values(rows as never) // each row was typed against its table by Db.insert
        .execute()
    }
  }
  // A single statement is atomic by itself and saves two round trips.
  await (statements.length === 1 ? run(db) : db.transaction().execute(run))
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}

/** bigint, and the numeric that `sum(bigint)` gives, as numbers: all of ours stay below 2^53. */
function portableParser(oid: number, format?: 'text' | 'binary') {
  const int8 = 20
  const numeric = 1700
  return oid === int8 || oid === numeric ? Number : pg.types.getTypeParser(oid, format ?? 'text')
}
