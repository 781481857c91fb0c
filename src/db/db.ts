import type { CompiledQuery, Insertable, Kysely, Transaction } from 'kysely'
import type { Schema } from './schema.ts'

export type Dialect = 'sqlite' | 'postgres'

/** A query by key that is made ready once and then asked many times, as on the call path. */
export type Point<Row> = (...parameters: readonly (string | number)[]) => Row[] | Promise<Row[]>

/**
 * The database, whichever it is. Three ways in, each for its own purpose:
 * `read` for queries, `write` for a unit of several statements, `insert` for single rows on the call path.
 */
export type Db = {
  readonly dialect: Dialect
  /** Queries outside any transaction; they see only what is committed. */
  readonly read: Kysely<Schema>
  /** All or nothing. Never wait for the network inside: on SQLite every other write waits for it. */
  write<T>(run: (tx: Transaction<Schema>) => Promise<T>): Promise<T>
  /**
   * As `write`, for small units on busy paths: those of one event-loop turn share one commit. `run` may be called twice, so
   * it does nothing but read and write rows.
   */
  together<T>(run: (tx: Transaction<Schema>) => Promise<T>): Promise<T>
  /** Resolves once the row is durable. All rows of one event-loop turn share one commit. */
  insert<T extends keyof Schema>(table: T, row: Insertable<Schema[T]>): Promise<void>
  /** Makes a point query ready; `build` is called once, with parameters in the order in which it uses them. */
  point<Row>(build: (db: Kysely<Schema>) => { compile(): CompiledQuery<Row> }): Point<Row>
  close(): Promise<void>
}

/** A row on its way into a table. */
export type Insert = { table: keyof Schema; row: Record<string, unknown> }
