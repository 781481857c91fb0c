import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { isToSeal, sealed } from '../core/to-seal.ts'

/** A write that is made ready once: gives the number of the row that it inserts, or the rows that it returns. */
export type Statement = { sql: string; gives: 'seq' | 'rows' }

/** A statement, by its place in the order in which they were learned, and its parameters. */
export type Step = { statement: number; parameters: readonly unknown[] }

export type BatchRunner = {
  learn(statement: Statement): void
  /** All in one transaction, durable when this returns; or nothing, and it throws. Gives what each step gives. */
  run(batch: readonly Step[]): unknown[]
}

/** Runs batches of writes on this connection, which must not be in a transaction. */
export function batchRunner(database: DatabaseSync): BatchRunner {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')
  const learned: Statement[] = []
  const prepared: StatementSync[] = []

  function runStep({ statement: at, parameters }: Step): unknown {
    const { sql, gives } = learned[at] ?? { sql: '', gives: 'rows' }
    let statement = prepared[at]
    if (!statement) {
      statement = database.prepare(sql)
      prepared[at] = statement
    }
    const values = parameters.map(bindable)
    return gives === 'rows' ? statement.all(...values) : Number(statement.run(...values).lastInsertRowid)
  }

  return {
    learn: statement => learned.push(statement),
    run(batch) {
      begin.run()
      try {
        const given = batch.map(runStep)
        commit.run()
        return given
      } catch (cause) {
        if (database.isTransaction) rollback.run()
        throw cause
      }
    },
  }
}

/** node:sqlite binds neither undefined nor booleans. */
export function bindable(value: unknown): SQLInputValue {
  if (value === undefined) return null
  if (isToSeal(value)) return sealed(value)
  return typeof value === 'boolean' ? Number(value) : (value as SQLInputValue) // the column types of schema.ts
}

/** SQLITE_BUSY and SQLITE_FULL (https://sqlite.org/rescode.html); the rest of the number says how it came about. */
export const isBusy = (cause: unknown): boolean => resultCode(cause) === 5
export const isFull = (cause: unknown): boolean => resultCode(cause) === 13

const resultCode = (cause: unknown) =>
  cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : undefined
