import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { Schema } from '../../db/schema.ts'
import { enqueue, hurryJob, type NewJob } from '../../jobs/enqueue.ts'

/**
 * A job of this kind about this subject runs soon, and begins after this commit: one that runs just now may end too early. One
 * that waits since it failed runs when its pause is over.
 */
export async function runSoon(app: App, tx: Transaction<Schema>, job: NewJob): Promise<void> {
  if (!(await hurryJob(app, tx, job, { patient: true }))) await enqueue(app, tx, job)
}
