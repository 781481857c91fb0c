import { sql, type Transaction } from 'kysely'
import type { App } from '../app.ts'
import { newId } from '../core/ids.ts'
import type { Schema } from '../db/schema.ts'

/** What to do and about what: `subject` is an id, never a secret. Without `runAt` it runs as soon as it can. */
export type NewJob = { workspaceId: string; kind: string; subject: string; runAt?: number }

export const jobsTopic = 'jobs'
export const jobsChannel = 'clawlink_jobs'

/** Adds a job in the caller's transaction: it is there if and only if what asks for it is. Wakes whoever works on jobs. */
export async function enqueue(app: App, tx: Transaction<Schema>, job: NewJob): Promise<void> {
  const now = app.clock.now()
  const { workspaceId, kind, subject, runAt = now } = job
  await tx
    .insertInto('jobs')
    .values(rowOf(newId('job', now), { workspaceId, kind, subject, runAt }, now))
    .execute()
  await wakeWorkers(app, tx)
}

/**
 * Lets the waiting job of this kind about this subject run at once; gives whether there is one. `patient`: one that has failed
 * keeps its pause, which whoever hurries it often would use up with all its tries.
 */
export async function hurryJob(
  app: App,
  tx: Transaction<Schema>,
  job: { kind: string; subject: string },
  { patient = false } = {},
): Promise<boolean> {
  const now = app.clock.now()
  const { numUpdatedRows } = await tx
    .updateTable('jobs')
    .set({ run_at: patient ? sql<number>`case when failures = 0 then ${now} else run_at end` : now })
    .where('kind', '=', job.kind)
    .where('subject', '=', job.subject)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  await wakeWorkers(app, tx)
  return numUpdatedRows > 0n
}

/** PostgreSQL tells every process at the commit. On SQLite the claim takes its turn after this transaction. */
async function wakeWorkers(app: App, tx: Transaction<Schema>): Promise<void> {
  if (app.db.dialect === 'postgres') await sql`select pg_notify(${jobsChannel}, '')`.execute(tx)
  else app.wakes.emit(jobsTopic)
}

/** A start has other things to do, and of what is new there is nothing to tidy up. */
const firstAfterMs = 5_000

/** None of what runs again and again pauses for longer. */
const pauseMsMax = 60 * 60_000

/**
 * Sees that the one job of each of these kinds exists that runs again and again. A new one first runs a little later, and so
 * does one that a clock which was ahead has put off for longer than any pause.
 */
export async function ensureRecurring(app: App, kinds: readonly string[]): Promise<void> {
  const now = app.clock.now()
  const rows = kinds.map(kind =>
    rowOf(`job_${kind}`, { workspaceId: '', kind, subject: '', runAt: now + firstAfterMs }, now),
  )
  await app.db.write(tx =>
    tx
      .insertInto('jobs')
      .values(rows)
      .onConflict(on =>
        on
          .column('id')
          .doUpdateSet({ run_at: now + firstAfterMs })
          .where('jobs.run_at', '>', now + pauseMsMax),
      )
      .execute(),
  )
}

function rowOf(id: string, { workspaceId, kind, subject, runAt }: Required<NewJob>, now: number) {
  return {
    id,
    workspace_id: workspaceId,
    kind,
    subject,
    state: 'waiting' as const,
    run_at: runAt,
    attempts: 0,
    failures: 0,
    lease_owner: '',
    lease_until: 0,
    last_error: '',
    created_at: now,
  }
}
