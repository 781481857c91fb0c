/** Writes batches on a thread of its own, while the first one goes on with its work. Started by `startWritingThread`. */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { batchRunner } from './run-batch.ts'
import type { ToThread, ToWriter } from './writing-thread.ts'

const { path, busyMs } = workerData as { path: string; busyMs: number } // as startWritingThread gives them
const database = new DatabaseSync(path, { timeout: busyMs })
// Crowds touch many pages of many indexes: 16 MB of them stay at hand.
database.exec('PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000')
const runner = batchRunner(database)
const tell = (told: ToWriter) => parentPort?.postMessage(told)

parentPort?.on('message', (asked: ToThread) => {
  if (asked === 'close') {
    database.close()
    parentPort?.close()
    return
  }
  for (const statement of asked.learn) runner.learn(statement)
  try {
    tell({ given: runner.run(asked.batch) })
  } catch (cause) {
    tell({ failed: cause instanceof Error ? { ...cause, message: cause.message } : { message: String(cause) } })
  }
})
tell('ready')
