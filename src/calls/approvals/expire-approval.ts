import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { ApprovalRow, Schema } from '../../db/schema.ts'
import type { JobEnd, JobKind } from '../../jobs/job.ts'
import { endUnsent } from '../close-call.ts'
import { tellEnded } from '../parked.ts'

/** Ends a call about which nobody decided in time: its job is for that moment. `subject` is the approval's id. */
export const expireApprovalJob = (app: App): JobKind => ({
  failuresMax: Number.POSITIVE_INFINITY,
  run: job => expireDue(app, job.subject),
})

async function expireDue(app: App, approvalId: string): Promise<JobEnd> {
  const found = app.db.read.selectFrom('approvals').selectAll().where('id', '=', approvalId)
  const approval = await found.executeTakeFirst()
  if (approval?.state !== 'pending') return 'done'
  await app.db.write(tx => expireApproval(app, tx, approval))
  tellEnded(app, approval.call_id)
  return 'done'
}

/** Ends the approval and its call in the caller's transaction. Nothing happens when somebody decided before. */
export async function expireApproval(app: App, tx: Transaction<Schema>, { id, call_id }: ApprovalRow): Promise<void> {
  const expired = await tx
    .updateTable('approvals')
    .set({ state: 'expired' })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst()
  if (expired.numUpdatedRows !== 1n) return
  await endUnsent(app, tx, call_id, expiredFault('No member approved this call in time.'))
}

export function expiredFault(message: string): Fault {
  return new Fault('approval_denied', message, {
    fix: 'Ask the person you work for whether it is still wanted. If so, call again, with another idempotency key if it had one: a member will be asked anew.',
  })
}
