import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadMessage } from '../load.ts'
import type { LoadFigures, LoadJob } from './run-load.ts'

/** A load generator in its own process. `run` takes one job at a time; see `runLoad` for what it rejects on. */
export type LoadProcess = {
  pid: number
  run: (job: LoadJob, mark?: (what: 'begin' | 'end') => void) => Promise<LoadFigures>
  stop: () => void
}

/** Starts the load generator. */
export function startLoad(): LoadProcess {
  const child = fork(fileURLToPath(new URL('../load.ts', import.meta.url)))
  if (!child.pid) throw new Error('the load generator has no process id')
  return {
    pid: child.pid,
    stop: () => child.kill(),
    run(job, mark = () => {}) {
      const { promise, resolve, reject } = Promise.withResolvers<LoadFigures>()
      const onMessage = (message: LoadMessage) => {
        if (message.kind === 'done') resolve(message.figures)
        else if (message.kind === 'failed') reject(new Error(message.reason))
        else mark(message.kind)
      }
      const onExit = () => reject(new Error('the load generator ended'))
      child.on('message', onMessage).once('exit', onExit)
      child.send(job)
      return promise.finally(() => child.off('message', onMessage).off('exit', onExit))
    },
  }
}
