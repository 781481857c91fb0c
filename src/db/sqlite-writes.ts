import { availableParallelism } from 'node:os'
import type { DatabaseSync } from 'node:sqlite'
import type { Change, Row } from './db.ts'
import { groupCommit } from './group-commit.ts'
import { batchRunner, isBusy, type Statement, type Step } from './run-batch.ts'
import type { Schema } from './schema.ts'
import type { TurnTaking } from './turn-taking.ts'
import { isLost, startWritingThread, type WritingThread } from './writing-thread.ts'

export type SqliteWrites = {
  insert(table: keyof Schema, row: Row): Promise<number>
  change<Given>(sql: string): Change<Given>
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>
  close(): Promise<void>
}

type Place = {
  path: string
  /** A connection to it, of this thread. */
  writer: DatabaseSync
  turns: TurnTaking
  busyMs: number
  onWritten: () => void
  threadFailed(cause: unknown): void
}

/** From so many writes in one commit on a thread of its own does them: passing on fewer costs more than it saves. */
const manyAtOnce = 8
/** It is started when so many writes have come in such numbers: few ever need it. */
const threadAfter = 2_000

/** The thread always has the next batch at hand when it is done with one. */
const batchesMax = 2

/** The writes that share commits: in place while they are few, and on another thread when they come in crowds. */
export function sqliteWrites({ path, writer, turns, busyMs, onWritten, threadFailed }: Place): SqliteWrites {
  const statements: Statement[] = []
  const known = new Map<string, number>()
  const inserts = new Map<string, { statement: number; columns: string[] }>()
  const runner = batchRunner(writer)
  let thread: WritingThread | undefined
  let inCrowds = availableParallelism() > 1 ? 0 : Number.NEGATIVE_INFINITY

  function learn(statement: Statement): number {
    const at = known.get(statement.sql)
    if (at !== undefined) return at
    runner.learn(statement)
    known.set(statement.sql, statements.length)
    return statements.push(statement) - 1
  }

  function writeBatch(batch: readonly Step[]): unknown[] | Promise<unknown[]> {
    const isCrowd = batch.length >= manyAtOnce
    // While the thread is at work few more are best done there too: else they would have to wait for it.
    if (thread?.isReady() && (isCrowd || turns.isShared())) return writeBeside(thread, batch)
    if (isCrowd) inCrowds += batch.length
    if (inCrowds >= threadAfter) thread ??= startWritingThread(path, busyMs, threadFailed)
    return turns.run(() => {
      try {
        return runner.run(batch)
      } finally {
        onWritten()
      }
    })
  }

  function writeBeside(on: WritingThread, batch: readonly Step[]): Promise<unknown[]> {
    return turns.share(() => on.run(statements, batch).finally(onWritten))
  }

  const commits = groupCommit(writeBatch, { batchesMax, isOfAll: cause => isBusy(cause) || isLost(cause) })

  function insertInto(table: string, row: Row) {
    let insert = inserts.get(table)
    if (!insert) {
      const columns = Object.keys(row)
      const marks = columns.map(() => '?').join(', ')
      const names = columns.map(name => `"${name}"`).join(', ')
      const statement = learn({ sql: `insert into "${table}" (${names}) values (${marks})`, gives: 'seq' })
      insert = { statement, columns }
      inserts.set(table, insert)
    }
    return insert
  }

  return {
    insert(table, row) {
      const { statement, columns } = insertInto(table, row)
      const parameters = columns.map(name => row[name])
      return commits.write({ statement, parameters }) as Promise<number> // what `seq` gives
    },
    change<Given>(sql: string): Change<Given> {
      const statement = learn({ sql, gives: 'rows' })
      return (...parameters) => commits.write({ statement, parameters }) as Promise<Given[]> // the rows of this statement
    },
    drain: commits.drain,
    close: async () => thread?.close(),
  }
}
