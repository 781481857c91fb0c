import type { CompiledQuery, Insertable, Kysely, Transaction } from 'kysely'
import type { ToSeal } from '../core/to-seal.ts'
import type { Schema } from './schema.ts'

export type Dialect = 'sqlite' | 'postgres'

/** A query by key that is made ready once and then asked many times, as on the call path. */
export type Point<Row> = (...parameters: readonly (string | number)[]) => Row[] | Promise<Row[]>

/** A single write that is made ready once. Resolves, once it is durable, to the rows that its `returning` gives. */
export type Change<Row> = (...parameters: readonly (string | number)[]) => Promise<Row[]>

/**
 * The database, whichever it is. Each way in has its own purpose: `read` and `write` for what is asked or changed now and then,
 * and on busy paths `point` for queries, `insert` and `change` for single writes, `together` for small units of them.
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
  /**
   * Resolves once the row is durable, to its `seq` in a table that has one. What is inserted and changed in one event-loop turn
   * shares one commit, in any order.
   */
  insert<T extends keyof Schema>(table: T, row: RowOf<T>): Promise<number>
  /** A point query, made ready when it is first asked: `build` is called once, with parameters in the order in which it uses them. */
  point<Row>(build: (db: Kysely<Schema>) => { compile(): CompiledQuery<Row> }): Point<Row>
  /** The same for a write, which then shares its commit as an `insert` does. */
  change<Row>(build: (db: Kysely<Schema>) => { compile(): CompiledQuery<Row> }): Change<Row>
  close(): Promise<void>
}

/** The values of a row that is inserted, by column. A text may be one that is sealed when it is written. */
export type Row = Readonly<Record<string, unknown>>
export type RowOf<T extends keyof Schema> = {
  [C in keyof Insertable<Schema[T]>]:
    | Insertable<Schema[T]>[C]
    | (string extends Insertable<Schema[T]>[C] ? ToSeal : never)
}
