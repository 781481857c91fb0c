import { Worker } from 'node:worker_threads'
import type { Statement, Step } from './run-batch.ts'

export type ToThread = { learn: readonly Statement[]; batch: readonly Step[] } | 'close'
export type ToWriter = { given: unknown[] } | { failed: { message: string } } | 'ready'

/** Writes batches beside the event loop, one after the other; never while the other connection is in a transaction. */
export type WritingThread = {
  /** It takes batches: it has started, and not ended since. */
  isReady(): boolean
  /** As `BatchRunner.run`. `statements`: all that were ever learned, in order. */
  run(statements: readonly Statement[], batch: readonly Step[]): Promise<unknown[]>
  close(): Promise<void>
}

const endedMessage = 'the thread that writes to the database has ended'

/** Whether this is of a batch that the thread had when it ended: it may be stored, so it must not be tried again. */
export const isLost = (cause: unknown) =>
  cause instanceof Error && cause.message === endedMessage && cause.cause !== undefined

/**
 * Opens the database a second time, on a thread. A thread that cannot start, or ends, takes nothing more: whoever writes does
 * it without. What it had under way fails then, as a commit does whose answer is lost: it may be stored.
 */
export function startWritingThread(path: string, busyMs: number): WritingThread {
  const worker = new Worker(new URL('./sqlite-thread.ts', import.meta.url), {
    workerData: { path, busyMs },
    name: 'clawlink-writer',
  })
  // It must not keep a process alive that is done with everything else.
  worker.unref()
  const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  let isReady = false
  let isClosing = false
  let learned = 0
  const underWay: { resolve: (given: unknown[]) => void; reject: (cause: unknown) => void }[] = []

  const fail = (cause: unknown) => {
    isReady = false
    for (const { reject } of underWay.splice(0)) reject(new Error(endedMessage, { cause }))
  }
  worker.on('error', fail)
  worker.on('exit', () => fail('it has exited'))
  worker.on('message', (told: ToWriter) => {
    if (told === 'ready') {
      isReady = !isClosing
      return
    }
    const asked = underWay.shift()
    if (!underWay.length) worker.unref()
    if ('given' in told) asked?.resolve(told.given)
    else asked?.reject(Object.assign(new Error(told.failed.message), told.failed))
  })

  return {
    isReady: () => isReady,
    run(statements, batch) {
      if (!isReady) return Promise.reject(new Error(endedMessage))
      return new Promise((resolve, reject) => {
        // Throws for what no thread can be passed, and then there is nothing to remember.
        worker.postMessage({ learn: statements.slice(learned), batch } satisfies ToThread)
        learned = statements.length
        underWay.push({ resolve, reject })
        worker.ref()
      })
    },
    async close() {
      isClosing = true
      isReady = false
      worker.ref()
      worker.postMessage('close' satisfies ToThread)
      await ended
    },
  }
}
