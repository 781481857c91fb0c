import type { App } from '../../app.ts'
import { wakeJob } from '../../calls/provider-jobs/wake-job.ts'
import { plainHeaders, responseOf } from '../answer.ts'
import { problem } from '../problem.ts'

/** `POST /hooks/calls/{id}/{token}`: a provider says that it is done with what a call submitted to it. */
export async function callHook(app: App, callId: string, token: string): Promise<Response> {
  const fault = await wakeJob(app, callId, token)
  return fault ? responseOf(problem(fault)) : new Response(null, { status: 204, headers: plainHeaders })
}
