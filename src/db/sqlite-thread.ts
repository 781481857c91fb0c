/** Writes batches on a thread of its own, while the first one goes on with its work. Started by `startWritingThread`. */
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
import { serveHelperThread } from '../core/helper-thread.ts'
import { batchRunner } from './run-batch.ts'
import type { ToThread, ToWriter } from './writing-thread.ts'

serveHelperThread<ToThread, ToWriter>(tell => {
  const { path, busyMs } = workerData as { path: string; busyMs: number } // as startWritingThread gives them
  const database = new DatabaseSync(path, { timeout: busyMs })
  // Crowds touch many pages of many indexes: 16 MB of them stay at hand.
  database.exec('PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000')
  const runner = batchRunner(database)
  return {
    asked({ learn, batch }) {
      for (const statement of learn) runner.learn(statement)
      try {
        tell({ given: runner.run(batch) })
      } catch (cause) {
        tell({ failed: cause instanceof Error ? { ...cause, message: cause.message } : { message: String(cause) } })
      }
    },
    close: () => database.close(),
  }
})
