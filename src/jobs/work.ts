import { setImmediate as nextTurn } from 'node:timers/promises'
import type { App } from '../app.ts'
import { newId } from '../core/ids.ts'
import { blankSecrets } from '../core/secret.ts'
import type { JobRow } from '../db/schema.ts'
import { backoffMs } from './backoff.ts'
import { jobsTopic } from './enqueue.ts'
import type { JobKinds } from './job.ts'
import { buryJob, claimJobs, completeJob, extendLease, giveBackJob, keepLease } from './lease.ts'

/** How often it looks for what nobody has told it of: another process's jobs, the leases of the dead. */
const lookEveryMs = 5_000
/** The same while PostgreSQL does not tell. */
const lookOftenMs = 1_000
const atOnce = 8

export type Working = {
  /** Takes nothing more, waits up to `graceMs` for what is running, then gives the rest back. */
  stop(graceMs: number): Promise<void>
}

/**
 * Works on jobs of these kinds: as they come, as they become due, and those whose owner died. `isTold` says whether news of
 * other processes' jobs comes by itself.
 */
export function startWorking(
  app: App,
  kinds: JobKinds,
  { isTold = () => true }: { isTold?: () => boolean } = {},
): Working {
  const { db, clock, log, wakes } = app
  const owner = newId('worker', clock.now())
  const running = new Map<JobRow, Promise<void>>()
  let stopped = false
  let looking: Promise<void> | undefined
  let lookAgain = false
  let cancelTimer = () => {}

  function look(): void {
    if (stopped) return
    if (looking) {
      lookAgain = true
      return
    }
    cancelTimer()
    const lookedAt = clock.now()
    looking = take(lookedAt)
      .catch(cause => {
        log.error({ err: cause }, 'jobs could not be taken')
        return undefined
      })
      .then(nextAt => {
        looking = undefined
        const now = clock.now()
        const cameDue = nextAt !== undefined && nextAt > lookedAt && nextAt <= now
        if (lookAgain || cameDue) {
          lookAgain = false
          return look()
        }
        // What was due and yet not taken is another's, or has to wait until something here ends.
        const wait = isTold() && (nextAt === undefined || nextAt > now) ? lookEveryMs : lookOftenMs
        const due = nextAt === undefined || nextAt <= now ? wait : nextAt - now
        if (!stopped) cancelTimer = clock.after(Math.min(due, wait), look)
      })
  }

  /** Gives when the next job is due that it did not take. */
  async function take(now: number): Promise<number | undefined> {
    // On SQLite jobs that do nothing but put themselves off would follow each other without an end, and nothing else be done.
    await nextTurn()
    const limit = atOnce - running.size
    if (limit <= 0) return undefined
    const { jobs, nextAt } = await claimJobs(db, { owner, now, limit })
    for (const job of jobs) {
      const ended = runOne(job)
        .catch(cause => log.error({ err: cause, kind: job.kind, subject: job.subject }, 'a job could not be ended'))
        .finally(() => {
          running.delete(job)
          look()
        })
      running.set(job, ended)
    }
    return nextAt
  }

  async function runOne(job: JobRow): Promise<void> {
    const known = kinds[job.kind]
    const kind = typeof known === 'function' ? await known() : known
    if (!kind) return buryJob(db, job, 'no worker knows this kind of job')
    const dead = async (error: string) => {
      log.error({ kind: job.kind, subject: job.subject, reason: error }, 'a job was given up')
      await kind.dead?.(job)
      await buryJob(db, job, error)
    }
    if (job.failures >= kind.failuresMax) return dead('its workers died')
    const letGo = keepLease(clock, () =>
      extendLease(db, job, clock.now()).catch(cause => log.warn({ err: cause }, 'a lease could not be extended')),
    )
    try {
      const end = await kind.run(job)
      if (end === 'done') await completeJob(db, job)
      else await giveBackJob(db, job, { runAt: end.againAt, failures: 0 })
    } catch (cause) {
      const error = blankSecrets(cause instanceof Error ? cause.message : String(cause)).slice(0, 500)
      const failures = job.failures + 1
      log.warn({ err: cause, kind: job.kind, subject: job.subject, failures }, 'a job failed')
      if (failures >= kind.failuresMax) await dead(error)
      else await giveBackJob(db, job, { runAt: clock.now() + backoffMs(failures, app.random), failures, error })
    } finally {
      letGo()
    }
  }

  wakes.on(jobsTopic, look)
  look()
  return {
    async stop(graceMs) {
      stopped = true
      wakes.off(jobsTopic, look)
      cancelTimer()
      await looking
      let timer: NodeJS.Timeout | undefined
      const grace = new Promise<void>(resolve => {
        timer = setTimeout(resolve, graceMs)
      })
      await Promise.race([Promise.all(running.values()), grace])
      clearTimeout(timer)
      for (const job of running.keys())
        await giveBackJob(db, job, { runAt: clock.now(), failures: job.failures, error: 'its worker was stopped' })
    },
  }
}
