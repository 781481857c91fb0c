import type { Insert } from './db.ts'

/** Writes a batch in one transaction: all of it is durable when this ends, or nothing is and it throws. */
export type WriteBatch = (batch: readonly Insert[]) => void | Promise<void>

export type GroupCommit = {
  insert(insert: Insert): Promise<void>
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>
}

type Waiting = { insert: Insert; resolve: () => void; reject: (cause: unknown) => void }

/**
 * One commit, and so one fsync, for all rows that arrive in one turn of the event loop. A row that the database refuses
 * fails alone: its batch is then written row by row. More than `waitingMax` rows are refused instead of piling up.
 */
export function groupCommit(writeBatch: WriteBatch, waitingMax = 20_000): GroupCommit {
  let waiting: Waiting[] = []
  let running = false
  const drained: (() => void)[] = []

  async function flush(): Promise<void> {
    const batch = waiting
    waiting = []
    try {
      const done = writeBatch(batch.map(({ insert }) => insert))
      if (done) await done
      for (const { resolve } of batch) resolve()
    } catch (cause) {
      if (batch.length === 1) batch[0]?.reject(cause)
      else await writeEach(batch)
    }
    running = waiting.length > 0
    if (running) setImmediate(flush)
    else for (const resolve of drained.splice(0)) resolve()
  }

  async function writeEach(batch: readonly Waiting[]): Promise<void> {
    for (const { insert, resolve, reject } of batch) {
      try {
        await writeBatch([insert])
        resolve()
      } catch (cause) {
        reject(cause)
      }
    }
  }

  return {
    insert(insert) {
      if (waiting.length >= waitingMax)
        return Promise.reject(new Error('the database does not keep up with the writes'))
      return new Promise((resolve, reject) => {
        waiting.push({ insert, resolve, reject })
        if (running) return
        running = true
        setImmediate(flush)
      })
    },
    drain() {
      return running ? new Promise(resolve => drained.push(resolve)) : Promise.resolve()
    },
  }
}
