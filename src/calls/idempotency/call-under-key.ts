import { keyEnded } from '../../accounts/key-lasts.ts'
import { idOf } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Ending } from '../../core/outcome.ts'
import { waitUntil } from '../../core/wait-until.ts'
import type { CallRow } from '../../db/schema.ts'
import { keepLease, leaseMs } from '../../jobs/lease.ts'
import { type Call, type EndedCall, hasGone, type Keyed } from '../call.ts'
import { closeCall } from '../close-call.ts'
import { mayRepeat } from '../may-repeat.ts'
import { approvalRequired } from '../park-call.ts'
import { endTopic, keptAnswer } from '../parked.ts'
import { endCutOff } from './end-cut-off.ts'
import { keyedOf } from './key.ts'
import { findKey, holdKey, takeOverKey } from './key-rows.ts'
import { type KeyedRow, type KeyState, keyState } from './key-state.ts'

/** How long the same call is waited for while it runs. */
const waitMs = 30_000

type Run = (app: App, call: Call) => Promise<EndedCall>

/**
 * A call under its caller's idempotency key: `run` once, and the same answer for whoever asks the same again. See
 * decision 14 for what is kept and what is tried anew.
 */
export async function callUnderKey(app: App, call: Call, key: string, run: Run): Promise<EndedCall> {
  const keyed = keyedOf(call, key)
  const until = app.clock.now() + waitMs
  for (;;) {
    const seen = await awaitKey(app, { ...call, keyed }, call.request.wait === false ? 0 : until - app.clock.now())
    if (seen instanceof Fault) return refuse(app, call, seen)
    switch (seen.kind) {
      case 'free': {
        const ended = await runHeld(app, { ...call, keyed }, run)
        if (ended.id !== '') return ended
        break // overtaken: look what the other one came to
      }
      case 'abandoned':
        if (await takeOverKey(app, seen.row, keyed.owner)) return goOn(app, { ...call, keyed }, seen.row, run)
        break
      case 'conflict':
        return refuse(app, call, usedBefore())
      case 'ended':
        return replay(app, seen.row)
      case 'parked':
        return parkedStill(app, seen.row)
      case 'running':
        return undecided(seen.row)
    }
  }
}

/**
 * How the key stands, once no call runs under it any more, or after `waitForMs`; at once for whoever waits at too many places
 * already. A fault when the caller's own key has ended meanwhile: then nothing is sent or told.
 */
async function awaitKey(
  app: App,
  { keyed: { id, digest }, principal, request }: Call & { keyed: Keyed },
  waitForMs: number,
): Promise<KeyState | Fault> {
  const look = async () => keyState(await findKey(app, id), digest, app.clock.now())
  const seen = await look()
  if (seen.kind !== 'running') return seen
  const done = ({ kind }: KeyState) => kind !== 'running'
  const waiting = { waitMs: waitForMs, gone: hasGone(request.caller) }
  const later = await waitUntil(app, { who: idOf(principal), topic: endTopic(seen.row.id), done, ...waiting }, look)
  return (await keyEnded(app, principal)) ?? (later instanceof Fault ? seen : later)
}

/** Runs it and holds its key meanwhile; gives the key back when the call did not come to an end. */
async function runHeld(app: App, call: Call & { keyed: Keyed }, run: Run): Promise<EndedCall> {
  const hold = (untilMs: number) =>
    holdKey(app, call.keyed, untilMs).catch(cause => app.log.warn({ err: cause }, 'a key could not be held'))
  const letGo = keepLease(app.clock, () => hold(app.clock.now() + leaseMs))
  let hasEnded = false
  try {
    const ended = await run(app, call)
    hasEnded = ended.outcome.kind !== 'parked'
    return ended
  } finally {
    letGo()
    if (!hasEnded) await hold(0)
  }
}

/** Goes on with a call whose run was cut off, under its own id, by which the provider may know it; or ends it unsent. */
function goOn(app: App, call: Call & { keyed: Keyed }, row: CallRow, run: Run): Promise<EndedCall> {
  const now = app.clock.now()
  const resumed = { at: now, digest: row.digest, approved: false, mayHaveBeenSent: true }
  const again = mayRepeat(app.catalog.tools.get(row.tool), row.sent_at ?? 0, now)
  const how: Run = again ? run : (_, cutOff) => endCutOff(app, cutOff, row)
  return runHeld(app, { ...call, id: row.id, startedAt: row.started_at, resumed }, how)
}

async function refuse(app: App, call: Call, why: Fault): Promise<EndedCall> {
  const fault = (await app.keyLimits.begin(call.principal, call.startedAt)) ?? why
  return closeCall(app, call, { kind: 'failed', fault }, { tool: app.catalog.tools.get(call.request.tool) })
}

const usedBefore = () => new Fault('idempotency_conflict', 'This idempotency key was used for another call before.')

async function replay(app: App, row: KeyedRow): Promise<EndedCall> {
  const kept = await keptAnswer(app, row)
  if (kept) return { ...kept, replayed: true }
  const fault = new Fault('outcome_unknown', 'This call has ended, but its answer does not open any more.')
  const outcome: Ending = { kind: 'unknown', fault }
  return { id: row.id, tool: row.tool, outcome, coerced: [], replayed: true }
}

async function parkedStill(app: App, { id, tool }: KeyedRow): Promise<EndedCall> {
  const approval = await app.db.read
    .selectFrom('approvals')
    .selectAll()
    .where('call_id', '=', id)
    .executeTakeFirstOrThrow()
  return { id, tool, outcome: { kind: 'parked', fault: approvalRequired(app, approval) }, coerced: [], replayed: true }
}

function undecided({ id, tool, state }: KeyedRow): EndedCall {
  if (state === 'queued' || state === 'submitted') {
    const fault = new Fault('queued', 'The call under this idempotency key goes on by itself.')
    return { id, tool, outcome: { kind: 'parked', fault }, coerced: [], replayed: true }
  }
  const fault = new Fault('in_progress', 'The call under this idempotency key is still running.', {
    fix: 'Call again with the same key, or ask for the call by its callId.',
    retryAfterMs: 1000,
  })
  return { id, tool, outcome: { kind: 'parked', fault }, coerced: [] }
}
