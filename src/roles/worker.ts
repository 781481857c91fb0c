import type { App } from '../app.ts'
import { expireApprovalJob } from '../calls/approvals/expire-approval.ts'
import { forgetExpiredJob } from '../calls/forget-expired.ts'
import { checkConnectionJob } from '../connections/ask-for-check.ts'
import { renewDueJob } from '../connections/renew-due.ts'
import { lazily } from '../core/lazily.ts'
import { deliverJob } from '../events/deliver.ts'
import { ensureRecurring, jobsChannel, jobsTopic } from '../jobs/enqueue.ts'
import type { JobKinds } from '../jobs/job.ts'
import { endLeases } from '../jobs/lease.ts'
import { startWorking } from '../jobs/work.ts'
import { pushJob } from '../relay/a2a/push-job.ts'
import { forwardJob, forwardKind } from '../relay/a2a/remote/forward-job.ts'
import { remotesKind } from '../relay/a2a/remote/remote.ts'
import { remotesJob } from '../relay/a2a/remote/remotes-job.ts'
import { pushKind } from '../relay/a2a/tell-pushes.ts'
import { fanOutJob, fanOutKind } from '../relay/broadcasts/fan-out.ts'
import { forgetRelayJob, relayTasksJob } from '../relay/forget-relay.ts'

export type Worker = { stop(): Promise<void> }

/**
 * Works on all that outlives a request. `stop` lets what is running end for `stopGraceMs` and gives the rest back. `alone`:
 * no other process works on this database, so what a killed one held need not be waited for.
 */
export async function startWorker(app: App, { alone = false } = {}): Promise<Worker> {
  if (alone) await endLeases(app.db, app.clock.now())
  await ensureRecurring(app, ['forget_expired', 'renew_credentials', 'forget_relay', 'relay_tasks', remotesKind])
  const listening = app.listen({ name: jobsChannel, onNews: () => app.wakes.emit(jobsTopic) })
  const working = startWorking(app, jobKinds(app), { isTold: listening.isTold })
  return {
    async stop() {
      await listening.stop()
      await working.stop(app.config.stopGraceMs)
    },
  }
}

/** Every kind of job that there is. */
export function jobKinds(app: App): JobKinds {
  return {
    // Needs much, and may never come.
    resume_call: lazily(async () => (await import('../calls/resume-call.ts')).resumeCallJob(app)).get,
    expire_approval: expireApprovalJob(app),
    forget_expired: forgetExpiredJob(app),
    renew_credentials: renewDueJob(app),
    check_connection: checkConnectionJob(app),
    deliver: deliverJob(app),
    [fanOutKind]: fanOutJob(app),
    forget_relay: forgetRelayJob(app),
    relay_tasks: relayTasksJob(app),
    [pushKind]: pushJob(app),
    [remotesKind]: remotesJob(app),
    [forwardKind]: forwardJob(app),
  }
}
