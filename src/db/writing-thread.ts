import { startHelperThread } from '../core/helper-thread.ts'
import type { Statement, Step } from './run-batch.ts'

export type ToThread = { learn: readonly Statement[]; batch: readonly Step[] }
export type ToWriter = { given: unknown[] } | { failed: { message: string } }

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
 * it without, and `failed` is told. What it had under way fails then, as a commit does whose answer is lost: it may be stored.
 */
export function startWritingThread(
  path: string,
  busyMs: number,
  failed: (cause: unknown) => void = () => {},
): WritingThread {
  let learned = 0
  const underWay: { resolve: (given: unknown[]) => void; reject: (cause: unknown) => void }[] = []

  const thread = startHelperThread<ToThread, ToWriter>(new URL('./sqlite-thread.ts', import.meta.url), {
    name: 'clawlink-writer',
    data: { path, busyMs },
    told(answer) {
      const asked = underWay.shift()
      if (!underWay.length) thread.keepAlive(false)
      if ('given' in answer) asked?.resolve(answer.given)
      else asked?.reject(Object.assign(new Error(answer.failed.message), answer.failed))
    },
    ended(cause, isMeant) {
      if (!isMeant) failed(cause)
      for (const { reject } of underWay.splice(0)) reject(new Error(endedMessage, { cause }))
    },
  })

  return {
    isReady: thread.isReady,
    run(statements, batch) {
      if (!thread.isReady()) return Promise.reject(new Error(endedMessage))
      return new Promise((resolve, reject) => {
        // Throws for what no thread can be passed, and then there is nothing to remember.
        thread.ask({ learn: statements.slice(learned), batch })
        learned = statements.length
        underWay.push({ resolve, reject })
        thread.keepAlive(true)
      })
    },
    close: thread.close,
  }
}
