import type { Transaction } from 'kysely'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { ApprovalRow, Schema } from '../db/schema.ts'
import { keepUntil } from '../files/keep-until.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { approvalLink } from './approvals/approval.ts'
import { expireApproval } from './approvals/expire-approval.ts'
import { type EndedCall, parkedAs, type ReadyCall } from './call.ts'
import { callRow } from './call-row.ts'
import { closeCall } from './close-call.ts'
import { digestOf } from './digest.ts'
import { insertKey, overtaken } from './idempotency/key-rows.ts'
import { approvalLastsMs, keepRequest } from './parked.ts'
import { askedByStandard, asks } from './policy/decide-policy.ts'

/** An agent that has so many undecided calls is not asking a person any more. */
const pendingMax = 100
const whyCharsMax = 500

/**
 * Parks a call until a member has decided about it: the call, what it asks for (sealed), the approval and its end, all in
 * one commit. The same call of the same agent, asked again while it waits, is the one that waits already.
 */
export async function parkCall(app: App, ready: ReadyCall): Promise<EndedCall> {
  const { call } = ready
  const digest = digestOf(ready)
  const approval = digest instanceof Fault ? digest : await app.db.write(tx => park(app, tx, ready, digest))
  if (approval instanceof Fault && approval.code === 'in_progress') return overtaken(app, call)
  if (approval instanceof Fault) return closeCall(app, call, { kind: 'failed', fault: approval }, { ready })
  app.keyLimits.end(call.principal, call.startedAt)
  return parkedAs(ready, approvalRequired(app, approval), approval.call_id)
}

async function park(app: App, tx: Transaction<Schema>, ready: ReadyCall, digest: string): Promise<ApprovalRow | Fault> {
  const { call, tool, connection, approval } = ready
  const { workspaceId, agentId } = call.principal
  const now = app.clock.now()
  // Calls of one agent take turns here, so that no two of them are the first.
  const agent = tx.selectFrom('agents').select('id').where('id', '=', agentId)
  await (app.db.dialect === 'postgres' ? agent.forUpdate() : agent).execute()
  const pending = await tx
    .selectFrom('approvals')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'pending')
    .where('agent_id', '=', agentId)
    .execute()
  const same = pending.find(row => row.digest === digest)
  const waits = same && same.expires_at > now ? same : undefined
  if (!waits && pending.length >= pendingMax) return tooMany()
  const isFirst = await insertKey(app, tx, call, { callId: waits?.call_id ?? call.id, parked: true })
  if (!isFirst) return new Fault('in_progress', 'Another call has this idempotency key.')
  if (waits) return waits
  if (same) await expireApproval(app, tx, same)

  const row = callRow(ready, { digest, state: 'awaiting_approval', sentAt: null })
  const asked: ApprovalRow = {
    id: newId('appr', now),
    workspace_id: workspaceId,
    call_id: call.id,
    agent_id: agentId,
    tool: tool.name,
    effect: tool.effect,
    connection_id: connection.id,
    digest,
    why: plain(call.request.why ?? ''),
    rule: approval?.rule?.name ?? '',
    rule_id: approval?.rule?.id ?? '',
    state: 'pending',
    word: '',
    decided_by: '',
    decided_at: null,
    created_at: now,
    expires_at: now + app.config.approvalHours * 60 * 60 * 1000,
  }
  await tx.insertInto('calls').values(row).execute()
  await tx.insertInto('approvals').values(asked).execute()
  await keepRequest(app, tx, ready)
  if (ready.file) await keepUntil(tx, ready.file.id, asked.expires_at + approvalLastsMs)
  await enqueue(app, tx, { workspaceId, kind: 'expire_approval', subject: asked.id, runAt: asked.expires_at })
  return asked
}

/** In one line and bounded: it is shown to a member beside what it is about. */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, whyCharsMax)
}

/** What an agent is told while a member has to decide, the first time and whenever it asks again. */
export function approvalRequired(app: App, row: ApprovalRow): Fault {
  return new Fault('approval_required', row.rule ? asks(row.rule) : askedByStandard, {
    fix: 'Show the link to the person you work for. Then ask for this call by its callId: it is sent once they approve, and never without. Calling again asks for nothing more.',
    link: approvalLink(app, row.id),
    approvalId: row.id,
    expiresAt: new Date(row.expires_at).toISOString(),
  })
}

function tooMany(): Fault {
  return new Fault('quota_exceeded', `${pendingMax} calls of this agent wait for approval already.`, {
    fix: 'Tell the person you work for that calls wait for them, and wait until some are decided.',
  })
}
