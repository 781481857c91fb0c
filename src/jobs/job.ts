import type { JobRow } from '../db/schema.ts'

/** What became of one run of a job: it is done, or it goes on at this time. */
export type JobEnd = 'done' | { againAt: number }

/**
 * A kind of job. `run` may be called more than once for the same job, also at the same time after a lease ran out, so what
 * it does to the world it guards by itself. What it throws is tried again, after growing pauses.
 */
export type JobKind = {
  run(job: JobRow): Promise<JobEnd>
  /** Runs in a row that may fail or be cut off before the job counts as dead. */
  failuresMax: number
  /** What is left to do when it will not be tried any more. */
  dead?(job: JobRow): Promise<void>
}

/** By their names. A function gives its kind when the first job of it comes, the same one each time. */
export type JobKinds = Record<string, JobKind | (() => Promise<JobKind>)>
