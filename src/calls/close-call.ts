import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import type { Tool } from '../catalog/catalog.ts'
import { Fault, quotingAs } from '../core/errors.ts'
import type { Ending } from '../core/outcome.ts'
import { blankSecrets } from '../core/secret.ts'
import type { Schema, UsageRow } from '../db/schema.ts'
import { type Call, type Effort, type EndedCall, noEffort, type ReadyCall, shownConnection } from './call.ts'
import { unsuccessful } from './ending-of.ts'
import { callOf, endKept, keptAnswer, tellEnded } from './parked.ts'
import { pausedOf } from './paused.ts'

type Parts = { ready?: ReadyCall; tool?: Tool | undefined; connectionId?: string; effort?: Effort }

/**
 * Ends a call: its usage row is durable before anyone hears of the outcome. When the row cannot be written this throws,
 * and the caller gets an `internal` error instead of an answer that the record does not know. The answer of a call that
 * was parked, or sent under an idempotency key, is kept in the same commit.
 */
export async function closeCall(app: App, call: Call, outcome: Ending, parts: Parts = {}): Promise<EndedCall<Ending>> {
  const { ready } = parts
  const connection = ready?.connection
  const ended: EndedCall<Ending> = {
    id: call.id,
    tool: call.request.tool,
    outcome: call.resumed ? asFarAsKnown(outcome, call.resumed, parts) : outcome,
    coerced: ready?.coerced ?? [],
    ...(connection && { connection: shownConnection(connection) }),
  }
  const usage = usageOf(app, call, ended.outcome, parts)
  // Under a key it has a row of its own from the moment that it may be sent.
  const isKept = call.resumed || (call.keyed && parts.effort)
  let known: EndedCall<Ending> | undefined
  if (isKept) known = await endOnce(app, usage, ended, call.resumed !== undefined)
  else await app.db.insert('usage', usage)
  if (!known) app.metrics?.callEnded(usage)
  if (!call.resumed) app.keyLimits.end(call.principal, call.startedAt)
  return known ?? ended
}

/** Ends a call that has a row. When another run has ended it, what that one said is its answer. */
async function endOnce(
  app: App,
  usage: UsageRow,
  ended: EndedCall<Ending>,
  goneOn: boolean,
): Promise<EndedCall<Ending> | undefined> {
  const isFirst = await app.db.write(tx => endKept(app, tx, usage, ended, goneOn))
  tellEnded(app, ended.id)
  if (isFirst) return undefined
  const kept = await keptAnswer(app, { id: ended.id, tool: ended.tool, workspace_id: usage.workspace_id })
  return kept && { ...kept, replayed: true }
}

/** Ends a parked call that is not going to be sent, or not once more, in the caller's transaction. */
export async function endUnsent(app: App, tx: Transaction<Schema>, callId: string, fault: Fault): Promise<void> {
  const row = await tx.selectFrom('calls').selectAll().where('id', '=', callId).executeTakeFirstOrThrow()
  const at = row.sent_at ?? app.clock.now()
  const call = callOf(row, { at, digest: row.digest, approved: false, mayHaveBeenSent: false })
  const { otherwise, effort } = pausedOf(row)
  const outcome = unsuccessful(otherwise, fault)
  const parts = { tool: app.catalog.tools.get(row.tool), connectionId: row.connection_id, effort }
  const ended = { id: row.id, tool: row.tool, outcome, coerced: [] }
  await endKept(app, tx, usageOf(app, call, outcome, parts), ended, true)
}

/** The usage row of a call. The time that a parked call waited for a member is not counted into how long it took. */
function usageOf(
  app: App,
  { id, startedAt, principal, request, resumed }: Call,
  outcome: Ending,
  { ready, tool = ready?.tool, connectionId = ready?.connection.id ?? '', effort = noEffort }: Parts,
): UsageRow {
  return {
    call_id: id,
    workspace_id: principal.workspaceId,
    agent_id: principal.agentId,
    key_id: principal.keyId,
    connection_id: connectionId,
    provider: tool?.provider.slug ?? '',
    tool: tool?.name ?? unknownName(request.tool),
    effect: tool?.effect ?? '',
    environment: principal.environment,
    surface: request.surface,
    outcome: outcome.kind,
    code: outcome.kind === 'succeeded' ? '' : outcome.fault.code,
    provider_status: effort.providerStatus,
    attempts: effort.attempts,
    started_at: startedAt,
    duration_ms: app.clock.now() - (resumed?.at ?? startedAt),
    request_bytes: effort.requestBytes,
    answer_bytes: effort.answerBytes,
  }
}

/** A refusal in this run says nothing about an earlier one that was cut off while it sent. */
function asFarAsKnown(
  outcome: Ending,
  { mayHaveBeenSent }: { mayHaveBeenSent: boolean },
  { ready, tool = ready?.tool, effort }: Parts,
): Ending {
  if (!mayHaveBeenSent || outcome.kind !== 'failed' || effort?.attempts || tool?.effect === 'read') return outcome
  const message = `ClawLink was stopped while it sent this call, and it is not repeated: ${outcome.fault.message}`
  return { kind: 'unknown', fault: new Fault('outcome_unknown', message, quotingAs(outcome.fault)) }
}

/** A name that is no tool's, as it can be stored and shown: whatever a caller put there, a key by mistake too. */
function unknownName(name: string): string {
  return blankSecrets(name)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 100)
}
