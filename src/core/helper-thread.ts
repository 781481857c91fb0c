/** Both halves of a thread that does work beside the event loop: the one that starts it, and the one that runs on it. */
import { parentPort, type Transferable, Worker } from 'node:worker_threads'

/** A thread as whoever started it sees it. It takes what is asked in the order in which it is asked. */
export type HelperThread<Asked> = {
  /** It takes work: it has started, and neither ended nor been closed since. */
  isReady(): boolean
  /** Throws for what no thread can be passed. */
  ask(asked: Asked): void
  /** Whether the process is kept alive for it: while it has work, and not otherwise. */
  keepAlive(needed: boolean): void
  /** Resolves once it has ended; what was asked before is done first. */
  close(): Promise<void>
  /** Ends it at once, whatever it is doing. */
  kill(cause: unknown): void
}

const ready = 'ready'
const close = 'close'

/**
 * Starts the program of a helper thread. `told` gets each thing that it tells, in order; `ended` is called once, when it takes
 * nothing any more: it could not start, it has failed, it was killed, or it was closed, and only then that was meant.
 */
export function startHelperThread<Asked, Told>(
  program: URL,
  {
    name,
    data,
    told,
    ended,
  }: { name: string; data: unknown; told(told: Told): void; ended(cause: unknown, isMeant: boolean): void },
): HelperThread<Asked> {
  const worker = new Worker(program, { workerData: data, name })
  worker.unref()
  const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  let isReady = false
  let isClosing = false
  let hasEnded = false
  const end = (cause: unknown) => {
    if (hasEnded) return
    hasEnded = true
    isReady = false
    ended(cause, isClosing)
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('it has exited')))
  worker.on('message', (message: Told | typeof ready) => {
    if (message === ready) isReady = !isClosing
    else told(message)
  })
  return {
    isReady: () => isReady,
    ask: asked => worker.postMessage(asked),
    keepAlive(needed) {
      if (needed) worker.ref()
      else worker.unref()
    },
    async close() {
      isClosing = true
      isReady = false
      worker.ref()
      worker.postMessage(close)
      await gone
    },
    kill(cause) {
      end(cause)
      worker.terminate()
    },
  }
}

/** On the thread: does what is asked, until it is closed. `tell` tells whoever started it; `moved` is not copied for that. */
export function serveHelperThread<Asked, Told>(
  serve: (tell: (told: Told, moved?: Transferable[]) => void) => {
    asked(asked: Asked): void
    close(): void | Promise<void>
  },
): void {
  const port = parentPort
  if (!port) throw new Error('this is the program of a thread')
  const work = serve((told, moved = []) => port.postMessage(told, moved))
  port.on('message', async (message: Asked | typeof close) => {
    if (message !== close) return work.asked(message)
    await work.close()
    port.close()
  })
  port.postMessage(ready)
}
