import { createHash } from 'node:crypto'
import { type CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { once } from '../core/once.ts'
import { isToSeal, sealed } from '../core/to-seal.ts'
import type { Db, Row } from './db.ts'
import { groupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { patience } from './patience.ts'
import type { Schema } from './schema.ts'
import { turnSharing } from './share-turn.ts'

type Insert = { table: keyof Schema; row: Row }

/** Tables that number their rows, in a column `seq`. */
const numbered: ReadonlySet<keyof Schema> = new Set(['relay_messages', 'relay_broadcasts'])
/** A statement takes at most 65,535 parameters; this many rows of the widest table stay far below. */
const rowsPerStatement = 500

/** A process that hangs in a transaction for longer, or whose machine is gone, gives up what it has locked. */
const transactionPauseMs = 60_000

/** Connects to PostgreSQL and brings the tables to this version. Many processes may share one database. */
export async function openPostgres(url: string, options: { poolMax?: number } = {}): Promise<Db> {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolMax ?? 16,
    application_name: 'clawlink',
    ...patience,
    types: { getTypeParser: portableParser },
    async onConnect(client) {
      // One that breaks fails what is done over it, and is replaced; without a listener it would end the process.
      client.on('error', () => {})
      await client.query(`set idle_in_transaction_session_timeout = ${transactionPauseMs}`)
    },
  })
  pool.on('error', () => {})
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(db, 'postgres')
  } catch (cause) {
    await db.destroy()
    throw cause
  }
  const sharing = turnSharing()
  const commits = groupCommit((batch: readonly Insert[]) => insertBatch(db, batch).finally(sharing.forget))

  const write: Db['write'] = run => db.transaction().execute(run).finally(sharing.forget)

  return {
    dialect: 'postgres',
    read: db,
    write,
    // The server commits those of all connections together by itself; in one transaction they would wait for each other's rows.
    together: write,
    insert: (table, row) => commits.write({ table, row }),
    // As `together`: each by itself.
    change: build => {
      const change = prepared(pool, () => build(db).compile())
      return (...parameters) => change(...parameters).finally(sharing.forget)
    },
    point: build => sharing.share(prepared(pool, () => build(db).compile())),
    async close() {
      await commits.drain()
      await db.destroy()
    },
  }
}

/** Whether ClawLink has ever made its tables there. Changes nothing. */
export async function hasTables(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: 'clawlink', ...patience })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query("select to_regclass('kysely_migration') is not null as made")
    return Object(rows[0]).made === true
  } finally {
    await client.end()
  }
}

function prepared<Row>(pool: pg.Pool, compile: () => CompiledQuery<Row>) {
  const statement = once(() => {
    const { sql: text } = compile()
    return { name: createHash('sha256').update(text).digest('hex').slice(0, 32), text }
  })
  return async (...parameters: readonly (string | number)[]) => {
    const { rows } = await pool.query({ ...statement(), values: [...parameters] })
    return rows as Row[] // the columns that the query names
  }
}

/** Gives the number of each row. */
async function insertBatch(db: Kysely<Schema>, batch: readonly Insert[]): Promise<number[]> {
  const seqs = new Map<Insert, number>()
  const tables = Map.groupBy(batch, insert => insert.table)
  const statements = [...tables].flatMap(([table, inserts]) =>
    chunks(inserts, rowsPerStatement).map(chunk => ({ table, chunk })),
  )
  const run = async (on: Kysely<Schema>) => {
    for (const { table, chunk } of statements) {
      const rows = await on
        .insertInto(table)
        .values(chunk.map(({ row }) => ready(row)) as never) // each row was typed against its table by Db.insert
        .$if(numbered.has(table), q => q.returning(sql<number>`seq`.as('seq')))
        .execute()
      // Numbers are drawn in the order of the rows.
      const drawn = rows.map(row => Number(Object(row).seq)).sort((a, b) => a - b)
      for (const [at, insert] of chunk.entries()) seqs.set(insert, drawn[at] ?? 0)
    }
  }
  // A single statement is atomic by itself and saves two round trips.
  await (statements.length === 1 ? run(db) : db.transaction().execute(run))
  return batch.map(insert => seqs.get(insert) ?? 0)
}

const ready = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isToSeal(value) ? sealed(value) : value]))

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}

/** bigint, and the numeric that `sum(bigint)` gives, as numbers: all of ours stay below 2^53. */
function portableParser(oid: number, format?: 'text' | 'binary') {
  const int8 = 20
  const numeric = 1700
  return oid === int8 || oid === numeric ? Number : pg.types.getTypeParser(oid, format ?? 'text')
}
