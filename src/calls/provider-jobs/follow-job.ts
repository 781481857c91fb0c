import type { App } from '../../app.ts'
import type { Tool } from '../../catalog/catalog.ts'
import { Fault, type FaultDetails, quotingAs } from '../../core/errors.ts'
import type { Ending } from '../../core/outcome.ts'
import type { CallRow } from '../../db/schema.ts'
import type { JobEnd } from '../../jobs/job.ts'
import { admitNow, workerWaitMs } from '../admit.ts'
import { attempts } from '../attempts.ts'
import { buildAttempt } from '../build-attempt.ts'
import type { Call, Effort, ReadyCall } from '../call.ts'
import { closeCall } from '../close-call.ts'
import { endingOf } from '../ending-of.ts'
import type { Progress } from '../how-far.ts'
import { checkOutput } from '../output/check-output.ts'
import { prepareCall } from '../prepare-call.ts'
import { storeOutput } from '../store-output.ts'
import { jobState, pollAfterMs } from './job-state.ts'
import { followedMs, type KeptJob, keptJob } from './kept-job.ts'

/** Failures of the question that say nothing about the work itself. */
const passing = new Set(['authentication_failed', 'missing_scope'])

/**
 * Asks once how far the provider is with what a call submitted, and ends the call when it is done. When that cannot be found
 * out, or nobody wants to know any more, the call ends as `unknown`: the provider has it.
 */
export async function followJob(app: App, call: Call, row: CallRow): Promise<JobEnd> {
  const tool = app.catalog.tools.get(row.tool)
  const job = tool?.row.job
  const kept = await keptJob(app, row)
  const end = async (ending: Ending, parts: { ready?: ReadyCall; effort?: Effort } = {}): Promise<JobEnd> => {
    await closeCall(app, call, ending, { tool, connectionId: row.connection_id, ...parts })
    return 'done'
  }
  if (!tool || !job || !kept) return end(unknown('How to ask the provider about it is not known any more.'))
  const { effort } = kept
  if (row.canceled_at !== null) return end(unknown('It was canceled while the provider worked on it.'), { effort })
  const runningForMs = app.clock.now() - kept.submittedAt
  if (runningForMs >= followedMs(job)) return end(unknown('The provider did not finish it in time.'), { effort })

  const ready = await prepareQuestion(app, call, row, `${tool.provider.slug}_${job.poll}`, kept)
  if (ready instanceof Fault) return end(cannotAsk(ready), { effort })
  const built = buildAttempt(ready)
  if (built instanceof Fault) return end(cannotAsk(built), { effort })
  const again = (ms = pollAfterMs(job, runningForMs)) => ({ againAt: app.clock.now() + ms })
  const held = await admitNow(app, ready, workerWaitMs)
  if (held) return again(held.details.retryAfterMs)

  const tried = await attempts(app, ready, built)
  const ending = endingOf(ready.tool, tried, built)
  const sum = { ...tried.effort, attempts: effort.attempts + tried.effort.attempts }
  if (ending.kind !== 'succeeded') {
    const { code, retryable, message } = ending.fault
    if (retryable || passing.has(code)) return again()
    const what = `The provider does not say what became of it: ${message}`
    return end(unknown(what, quotingAs(ending.fault)), { ready, effort: sum })
  }
  const state = jobState(job, ending.output)
  if (state.kind === 'done') {
    const checked = sureOf(tool, checkOutput(app, ready, ending))
    return end(await storeOutput(app, ready, checked, tried.effort), { ready, effort: sum })
  }
  if (state.kind === 'failed') return end(notDone(tool.provider.connector.name, state.message), { ready, effort: sum })
  await keepProgress(app, row, { ...(state.percent !== undefined && { percent: state.percent }) })
  return again(pollAfterMs(job, runningForMs))
}

/** The question as a call of its own tool, to the account of the submission. It is no call of the agent's, and leaves no row. */
function prepareQuestion(
  app: App,
  { id, startedAt, principal, request: { surface } }: Call,
  { connection_id: connection }: CallRow,
  tool: string,
  { args }: KeptJob,
): Promise<ReadyCall | Fault> {
  const request = { tool, arguments: args, connection, surface }
  // Whether the agent may still call anything says nothing about what was submitted when it could.
  return prepareCall(app, { id, startedAt, principal: { ...principal, scope: {} }, request })
}

async function keepProgress(app: App, { id, progress }: CallRow, now: Progress): Promise<void> {
  const text = JSON.stringify(now)
  if (text === progress) return
  await app.db.write(tx => tx.updateTable('calls').set({ progress: text }).where('id', '=', id).execute())
}

/** The question was a read; what it was about may have been none. */
function sureOf({ effect }: Tool, ending: Ending): Ending {
  return ending.kind === 'failed' && effect !== 'read' ? { ...ending, kind: 'unknown' } : ending
}

const unknown = (message: string, details?: FaultDetails): Ending => ({
  kind: 'unknown',
  fault: new Fault('outcome_unknown', message, details),
})
const cannotAsk = (why: Fault) => unknown(`The provider cannot be asked about it: ${why.message}`, quotingAs(why))

function notDone(provider: string, message = 'it did not say why'): Ending {
  const details = { fix: 'Read why, and call again with what it needs.', untrusted: true as const }
  return { kind: 'failed', fault: new Fault('conflict', `${provider} began and could not finish: ${message}`, details) }
}
