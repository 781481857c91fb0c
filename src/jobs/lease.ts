import { type ExpressionBuilder, sql, type Transaction } from 'kysely'
import type { Clock } from '../core/clock.ts'
import type { Db } from '../db/db.ts'
import type { JobRow, Schema } from '../db/schema.ts'

/**
 * How long a job stays its owner's without a sign of life; it is extended at a third of that. Times are those of the
 * process's own clock: clocks that differ by less than half of this do no harm, and no promise rests on them anyway.
 */
export const leaseMs = 60_000

/** Calls `extend`, which never fails, at a third of each lease, until the function that it gives is called. */
export function keepLease(clock: Clock, extend: () => Promise<unknown>): () => void {
  let kept = true
  let cancel = () => {}
  const next = async () => {
    await extend()
    if (kept) cancel = clock.after(leaseMs / 3, next)
  }
  cancel = clock.after(leaseMs / 3, next)
  return () => {
    kept = false
    cancel()
  }
}

/**
 * Takes up to `limit` jobs that are due, or whose owner has not been heard of; no two processes take the same. Also gives
 * when the next one is due, if any.
 */
export function claimJobs(
  db: Db,
  { owner, now, limit }: { owner: string; now: number; limit: number },
): Promise<{ jobs: JobRow[]; nextAt: number | undefined }> {
  return db.write(async tx => {
    // Most looks find nothing to do.
    const dueAt = await nextAt(tx)
    if (dueAt === undefined || dueAt > now) return { jobs: [], nextAt: dueAt }
    const due = await tx
      .selectFrom('jobs')
      .selectAll()
      .where(is =>
        is.or([
          is.and([is('state', '=', 'waiting'), is('run_at', '<=', now)]),
          is.and([is('state', '=', 'running'), is('lease_until', '<=', now)]),
        ]),
      )
      .orderBy('run_at')
      .limit(limit)
      .$if(db.dialect === 'postgres', query => query.forUpdate().skipLocked())
      .execute()
    const jobs: JobRow[] = []
    for (const row of due) {
      const change = {
        state: 'running' as const,
        attempts: row.attempts + 1,
        // Still running: whoever had it is gone, and may have died of it.
        failures: row.state === 'running' ? row.failures + 1 : row.failures,
        lease_owner: owner,
        lease_until: now + leaseMs,
      }
      await tx.updateTable('jobs').set(change).where('id', '=', row.id).execute()
      jobs.push({ ...row, ...change })
    }
    return { jobs, nextAt: await nextAt(tx) }
  })
}

/** When the next job that waits is due, or a lease ends, if any. */
async function nextAt(tx: Transaction<Schema>): Promise<number | undefined> {
  const { rows } = await sql<{ at: number | null }>`
    select min(at) as at from (
      select min(run_at) as at from jobs where state = 'waiting'
      union all select min(lease_until) from jobs where state = 'running'
    ) as next`.execute(tx)
  return rows[0]?.at ?? undefined
}

/** Ends every lease: for a process that knows itself to be the only one, whose forerunner may have been killed. */
export async function endLeases(db: Db, now: number): Promise<void> {
  await db.write(tx => tx.updateTable('jobs').set({ lease_until: now }).where('state', '=', 'running').execute())
}

/** Keeps the job for longer. Nothing happens, here and below, when it is somebody else's by now. */
export async function extendLease(db: Db, job: JobRow, now: number): Promise<void> {
  const lease_until = now + leaseMs
  await db.write(tx => tx.updateTable('jobs').set({ lease_until }).where(held(job)).execute())
}

/** The job is done and goes. */
export async function completeJob(db: Db, job: JobRow): Promise<void> {
  await db.write(tx => tx.deleteFrom('jobs').where(held(job)).execute())
}

/** Gives the job back, to be taken again at `runAt`. */
export async function giveBackJob(
  db: Db,
  job: JobRow,
  { runAt, failures, error = '' }: { runAt: number; failures: number; error?: string },
): Promise<void> {
  const row = { state: 'waiting' as const, run_at: runAt, failures, last_error: error, lease_owner: '', lease_until: 0 }
  await db.write(tx => tx.updateTable('jobs').set(row).where(held(job)).execute())
}

/** The job stays as it is, for a person to look at. */
export async function buryJob(db: Db, job: JobRow, error: string): Promise<void> {
  const row = { state: 'dead' as const, last_error: error, lease_owner: '', lease_until: 0 }
  await db.write(tx => tx.updateTable('jobs').set(row).where(held(job)).execute())
}

const held = (job: JobRow) => (is: ExpressionBuilder<Schema, 'jobs'>) =>
  is.and({ id: job.id, state: 'running', lease_owner: job.lease_owner, attempts: job.attempts })
