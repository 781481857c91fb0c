import { commandLine } from '../accounts/audit.ts'
import type { MemberPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { awaitCall } from '../calls/await-call.ts'
import { cancelCall } from '../calls/cancel-call.ts'
import type { CallProgress } from '../calls/get-call.ts'
import { listOpenCalls } from '../calls/list-open-calls.ts'
import { Fault } from '../core/errors.ts'
import { answerProgress } from '../http/answer-call.ts'
import { problemOf } from '../http/problem.ts'
import { day, dim, print, printJson, printTable } from './print.ts'
import { type Flags, orExit, text, withApp } from './settings.ts'

/** Calls of all agents: whoever may read the data folder may see what a member sees. */
const principalOf = ({ workspaceId }: App): MemberPrincipal => ({
  kind: 'member',
  workspaceId,
  personId: '',
  name: 'The command line',
  email: '',
  sessionId: '',
  role: 'owner',
  environment: 'live',
})

export async function listCallsCommand(flags: Flags): Promise<void> {
  const { items } = await withApp(flags, app => listOpenCalls(app, principalOf(app), { limit: 200 }))
  if (flags.json) return printJson({ items: items.map(view) })
  if (!items.length) return print('No call is on its way.')
  printTable(
    ['CALL', 'SINCE', 'TOOL', 'STATE'],
    items.map(seen => [seen.callId, day(seen.startedAt), seen.call.tool, standingOf(seen)]),
  )
}

export async function showCallCommand(flags: Flags, id: string): Promise<void> {
  const seen = await withApp(flags, app => awaitCall(app, principalOf(app), { id, waitMs: 0 }))
  printCall(orExit(seen, flags), flags)
}

/** Ends with 0 when the call has succeeded, and with 1 when it failed or has not ended in time. */
export async function waitForCallCommand(flags: Flags, id: string): Promise<void> {
  const seconds = orExit(parseSeconds(text(flags, 'seconds') ?? ''), flags)
  const found = await withApp(flags, app =>
    awaitCall(app, principalOf(app), { id, waitMs: seconds * 1000, onChange: seen => tell(seen, flags) }),
  )
  const seen = orExit(found, flags)
  if (seen.state !== 'ended') {
    const fix = `It goes on. Wait longer, or look later: clawlink calls show ${id}`
    orExit(new Fault('in_progress', `The call has not ended within ${seconds} s: ${standingOf(seen)}.`, { fix }), flags)
  }
  const { fault } = answerProgress(seen)
  if (fault) orExit(fault, flags)
  printCall(seen, flags)
  if (seen.usage && seen.usage.outcome !== 'succeeded') process.exitCode = 1
}

export async function cancelCallCommand(flags: Flags, id: string): Promise<void> {
  const found = await withApp(flags, app => cancelCall(app, principalOf(app), id, { actor: commandLine }))
  const seen = orExit(found, flags)
  if (flags.json) return printJson(view(seen))
  if (seen.state === 'ended') return print(isCanceled(seen) ? `${id} is canceled.` : `${id} had ended before.`)
  print(`${id} has been sent and cannot be taken back. Nobody asks the provider about it any more.`)
}

function printCall(seen: CallProgress, flags: Flags): void {
  if (flags.json) {
    printJson(view(seen))
    return
  }
  const { answer, fault, usage } = answerProgress(seen)
  const tool = seen.call?.tool ?? usage?.tool ?? ''
  print(`${seen.callId}  ${tool}  ${standingOf(seen)}`)
  if (seen.approval) print(dim(seen.approval.link))
  if (fault) print(`${fault.message}\n${dim(fault.fix)}`)
  if (answer) printJson(answer.data)
  else if (seen.state === 'ended' && !fault) print(dim('Its answer is not kept, or not any more.'))
}

/** The same as REST gives it. */
function view(seen: CallProgress) {
  const { fault, ...rest } = answerProgress(seen)
  return { ...rest, ...seen.call, ...(fault && { problem: problemOf(fault) }) }
}

function tell(seen: CallProgress, flags: Flags): void {
  if (!flags.json && seen.state !== 'ended') process.stderr.write(`${dim(standingOf(seen))}\n`)
}

/** How a call stands, in a few words. Pure. */
function standingOf({ state, queue, progress, usage }: CallProgress): string {
  if (state === 'parked') return 'waits for approval'
  if (state === 'queued') return queue ? `waits for its turn: number ${queue.position}` : 'waits for its turn'
  if (state === 'ended') return usage?.outcome ?? 'has ended'
  if (progress?.percent !== undefined) return `the provider works on it: ${progress.percent} %`
  return 'is under way'
}

const isCanceled = ({ usage }: CallProgress) => usage?.code === 'canceled'

function parseSeconds(given: string): number | Fault {
  if (/^\d{1,5}$/.test(given)) return Number(given)
  return new Fault('validation_error', '--seconds takes a whole number, at most 99999.')
}
