import type { App } from '../../app.ts'
import type { ProviderJob } from '../../catalog/define.ts'
import { Fault } from '../../core/errors.ts'
import type { Success } from '../../core/outcome.ts'
import { putSeal } from '../../vault/sealed-rows.ts'
import { type EndedCall, parkedAs, type ReadyCall } from '../call.ts'
import { closeCall } from '../close-call.ts'
import type { Page } from '../follow-pages.ts'
import { queuedFault } from '../queued-fault.ts'
import { pollAfterMs, pollArguments } from './job-state.ts'
import { answerableMs, type KeptJob, keptJobId } from './kept-job.ts'

/**
 * What a call comes to once the provider has begun to work on it: how to ask about it is kept, and a job goes on asking. From
 * then on the row of the call says that it is not to be sent again.
 */
export async function submitJob(
  app: App,
  ready: ReadyCall,
  job: ProviderJob,
  { ending, effort }: Page & { ending: Success },
): Promise<EndedCall> {
  const { call, args } = ready
  const poll = pollArguments(job, args, ending.output)
  if ('lacks' in poll) {
    const message = `The answer does not say how to ask what became of it: "${poll.lacks}" is missing.`
    return closeCall(app, call, { kind: 'unknown', fault: new Fault('output_mismatch', message) }, { ready, effort })
  }
  const now = app.clock.now()
  const { workspaceId } = call.principal
  const kept: KeptJob = { args: poll, submittedAt: now, effort }
  const isOurs = await app.db.write(async tx => {
    const sent = tx.updateTable('calls').set({ state: 'submitted' }).where('id', '=', call.id)
    const { numUpdatedRows } = await sent.where('state', '=', 'sending').executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    const expiresAt = now + answerableMs(job)
    await putSeal(tx, app.vault, { id: keptJobId(call.id), workspaceId, text: JSON.stringify(kept), expiresAt })
    return true
  })
  const fault = isOurs
    ? queuedFault({ runAt: now + pollAfterMs(job, 0) }, now)
    : new Fault('in_progress', 'Another run, which took this one for dead, goes on with the call or has ended it.')
  return parkedAs(ready, fault)
}
