import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { keepUntil } from '../files/keep-until.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { type EndedCall, parkedAs, type ReadyCall } from './call.ts'
import { callRow } from './call-row.ts'
import { closeCall } from './close-call.ts'
import { digestOf } from './digest.ts'
import { insertKey, overtaken } from './idempotency/key-rows.ts'
import { keepRequest, queuedMaxMs } from './parked.ts'
import { queuedFault, type Turn } from './queued-fault.ts'

/** How many calls of one agent may wait for one account: more of them would wait for longer than a call is kept waiting. */
const waitingMax = 1_000

/**
 * Parks a call that goes on by itself: the call, what it asks for (sealed) and the job that sends it, in one commit. Its
 * caller gets its id at once, and its answer later.
 */
export async function queueCall(app: App, ready: ReadyCall, turn: Turn): Promise<EndedCall> {
  const { call, file } = ready
  const { workspaceId } = call.principal
  const digest = digestOf(ready)
  if (digest instanceof Fault) return closeCall(app, call, { kind: 'failed', fault: digest }, { ready })
  const full = await tooManyOf(app, ready)
  if (full) return closeCall(app, call, { kind: 'failed', fault: full }, { ready })
  const isFirst = await app.db.write(async tx => {
    if (!(await insertKey(app, tx, call, { callId: call.id, parked: true }))) return false
    const row = callRow(ready, { digest, state: 'queued', sentAt: null })
    await tx.insertInto('calls').values(row).execute()
    await keepRequest(app, tx, ready)
    if (file) await keepUntil(tx, file.id, call.startedAt + queuedMaxMs)
    await enqueue(app, tx, { workspaceId, kind: 'resume_call', subject: call.id, runAt: turn.runAt })
    return true
  })
  if (!isFirst) return overtaken(app, call)
  app.keyLimits.end(call.principal, call.startedAt)
  return parkedAs(ready, queuedFault(turn, app.clock.now()))
}

async function tooManyOf(app: App, { call: { principal }, connection }: ReadyCall): Promise<Fault | undefined> {
  const { count } = await app.db.read
    .selectFrom('calls')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('connection_id', '=', connection.id)
    .where('state', '=', 'queued')
    .where('agent_id', '=', principal.agentId)
    .executeTakeFirstOrThrow()
  if (Number(count) < waitingMax) return undefined
  return new Fault('quota_exceeded', `${waitingMax} calls of this agent wait for ${connection.label} already.`, {
    fix: 'Wait until some of them have ended, or cancel what is not needed any more.',
  })
}
