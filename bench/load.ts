import { type LoadFigures, type LoadJob, runLoad } from './load/run-load.ts'

/** What the load generator's process says to the benchmark. */
export type LoadMessage =
  | { kind: 'begin' }
  | { kind: 'end' }
  | { kind: 'done'; figures: LoadFigures }
  | { kind: 'failed'; reason: string }

/**
 * The load generator: a process of its own that runs one job at a time, so that it takes no CPU from the servers' event
 * loops and stays warm for all of them alike.
 *
 * It speaks HTTP over `node:net` by hand because a general client (undici, node:http) costs as much per request as the
 * servers measured here, and would then be measured in their place; and because no tool outside package.json is needed.
 */
const say = (message: LoadMessage) => process.send?.(message)

process.on('message', async (job: LoadJob) => {
  try {
    say({ kind: 'done', figures: await runLoad(job, kind => say({ kind })) })
  } catch (error) {
    say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
  }
})
