/** What is kept of a call that outlives its request: of a parked one what it asks for and, for a day, its answer. Both sealed. */
import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { Fault, type FaultDetails } from '../core/errors.ts'
import type { Ending, Success } from '../core/outcome.ts'
import type { CallRow, Schema, UsageRow } from '../db/schema.ts'
import { callEnded } from '../events/call-ended.ts'
import { recordEvent } from '../events/record-event.ts'
import { putSeal } from '../vault/sealed-rows.ts'
import type { Call, CallRequest, EndedCall, ReadyCall, Resumed } from './call.ts'
import { settleKeys } from './idempotency/key-rows.ts'
import { openKept } from './open-kept.ts'
import { callbackUrl } from './provider-jobs/callback-url.ts'
import { asStillStored } from './store-output.ts'

/** How long after its end the answer of such a call is kept, for who asks for it or calls again under the same key. */
export const answerKeptMs = 24 * 60 * 60 * 1000

/** A yes lasts as long as the question, and at least this long. */
export const approvalLastsMs = 60 * 60 * 1000
/** How long a call waits for its turn at the provider before it is given up. */
export const queuedMaxMs = 24 * 60 * 60 * 1000

const answerId = (callId: string) => `${callId}:answer`
export const endTopic = (callId: string) => `ended ${callId}`

/** What it takes to find what is kept. */
type KeptRow = Pick<CallRow, 'id' | 'tool' | 'workspace_id'>
type KeptRequest = Omit<CallRequest, 'tool' | 'surface'>
type KeptFault = FaultDetails & Pick<Fault, 'code' | 'message' | 'fix'>
type KeptOutcome = Success | { kind: 'failed' | 'unknown'; fault: KeptFault }
type KeptAnswer = Pick<EndedCall, 'coerced'> & { outcome: KeptOutcome; connection: EndedCall['connection'] | undefined }

/** A call as it stands in its row: without what it asks for, and with a principal that may do nothing. */
export function callOf(row: CallRow, resumed?: Resumed): Call {
  return {
    id: row.id,
    startedAt: row.started_at,
    principal: {
      kind: 'agent',
      workspaceId: row.workspace_id,
      agentId: row.agent_id,
      keyId: row.key_id,
      environment: row.environment,
      scope: { effects: [] },
      callsPerMinute: null,
      callsPerDay: null,
    },
    request: { tool: row.tool, arguments: {}, surface: row.surface },
    ...(resumed && { resumed }),
  }
}

/**
 * Commits that a call may reach the provider from now on. False when another process is ahead: it sends the call, or has.
 */
export async function beginSending(app: App, callId: string, { mayHaveBeenSent }: Resumed): Promise<boolean> {
  const now = app.clock.now()
  const changed = await app.db.write(tx =>
    tx
      .updateTable('calls')
      .set(row => ({ state: 'sending' as const, paused: '', sent_at: row.fn.coalesce('sent_at', row.val(now)) }))
      .where('id', '=', callId)
      .where('state', 'in', mayHaveBeenSent ? ['sending'] : ['approved', 'queued'])
      .executeTakeFirst(),
  )
  return changed.numUpdatedRows === 1n
}

/** Keeps what is asked for, of the account that was found, with where its provider is to say that it is done. */
export async function keepRequest(app: App, tx: Transaction<Schema>, ready: ReadyCall): Promise<void> {
  const { id, principal, request } = ready.call
  const { arguments: args, next, all, why } = request
  const of = { connection: ready.connection.id, callback: callbackUrl(app, ready) }
  const text = JSON.stringify({ arguments: args, next, all, why, ...of } satisfies KeptRequest)
  await putSeal(tx, app.vault, { id, workspaceId: principal.workspaceId, text })
}

/** What was asked, as the agent asked it, or a fault when it is gone or was tampered with. */
export async function keptRequest(app: App, row: CallRow): Promise<CallRequest | Fault> {
  const kept = await openKept<KeptRequest>(app, row, row.id)
  if (kept) return { ...kept, tool: row.tool, surface: row.surface }
  return new Fault('internal', 'What was asked is not kept any more, or does not open.', {
    fix: 'Call again: a member will be asked anew.',
  })
}

/** How the call ended, while that is kept. */
export async function keptAnswer(app: App, row: KeptRow): Promise<EndedCall<Ending> | undefined> {
  const kept = await openKept<KeptAnswer>(app, row, answerId(row.id))
  if (!kept) return undefined
  const { outcome, coerced, connection } = kept
  const ended = { id: row.id, tool: row.tool, coerced, ...(connection && { connection }) }
  if (outcome.kind === 'succeeded') return { ...ended, outcome: asStillStored(asGiven(outcome), app.clock.now()) }
  const { code, message, ...details } = outcome.fault
  return { ...ended, outcome: { kind: outcome.kind, fault: new Fault(code, message, details) } }
}

/**
 * Ends a call that has a row, in the caller's transaction: its state, its usage row, its answer and its keys together, and
 * where its caller does not wait for it any more (`goneOn`) the event of it. False when it had ended already; then nothing of it is written.
 */
export async function endKept(
  app: App,
  tx: Transaction<Schema>,
  usage: UsageRow,
  { outcome, coerced, connection }: EndedCall<Ending>,
  goneOn: boolean,
): Promise<boolean> {
  const now = app.clock.now()
  const { call_id: id, workspace_id: workspaceId } = usage
  const [changed] = await tx
    .updateTable('calls')
    .set({ state: 'ended', ended_at: now })
    .where('id', '=', id)
    .where('state', '!=', 'ended')
    .execute()
  if (changed?.numUpdatedRows !== 1n) return false
  await tx.insertInto('usage').values(usage).execute()
  const expiresAt = now + answerKeptMs
  const text = JSON.stringify({ outcome: keptOutcome(outcome), coerced, connection } satisfies KeptAnswer)
  await putSeal(tx, app.vault, { id: answerId(id), workspaceId, text, expiresAt })
  await tx.updateTable('seals').set({ expires_at: expiresAt }).where('id', '=', id).execute()
  await settleKeys(tx, { callId: id, outcome, expiresAt })
  if (goneOn) await recordEvent(tx, app, callEnded(toldOf(usage, now)))
  return true
}

function toldOf(usage: UsageRow, endedAt: number) {
  const { call_id: callId, workspace_id: workspaceId, connection_id: connection, started_at: startedAt } = usage
  const { tool, provider, code } = usage
  const outcome = usage.outcome as Ending['kind'] // as usageOf writes it
  return { callId, workspaceId, tool, provider, connection, outcome, code, startedAt, endedAt }
}

/** Wakes who waits for this call in this process. To be called once what ended it is committed. */
export function tellEnded(app: App, callId: string): void {
  app.wakes.emit(endTopic(callId))
}

/** What `keptOutcome` has kept. */
function asGiven(outcome: Success): Success {
  return outcome.json === undefined ? outcome : { ...outcome, output: JSON.parse(outcome.json) }
}

function keptOutcome(outcome: Ending): KeptOutcome {
  // Its text says it all, and to the last digit.
  if (outcome.kind === 'succeeded') return outcome.json === undefined ? outcome : { ...outcome, output: null }
  const { code, message, fix, details } = outcome.fault
  return { kind: outcome.kind, fault: { ...details, code, message, fix } }
}
