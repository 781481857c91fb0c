import type { Transaction } from 'kysely'
import { type Actor, personActor, recordAudit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Schema } from '../db/schema.ts'
import { hurryJob } from '../jobs/enqueue.ts'
import { endUnsent } from './close-call.ts'
import { type CallProgress, getCall } from './get-call.ts'
import { tellEnded } from './parked.ts'

/**
 * Ends a call of which nothing is on its way: one that waits for its turn, for a member, or to be tried once more. What the
 * provider has already cannot be taken back; while it works on that, it is not asked about it any longer. Gives how far the
 * call is then. One that had ended stays so.
 * What a member cancels stands in the audit record, under `actor` where it is not the member's own.
 */
export async function cancelCall(
  app: App,
  principal: Principal,
  callId: string,
  { actor, address = '' }: { actor?: Actor; address?: string } = {},
): Promise<CallProgress | Fault> {
  const seen = await getCall(app, principal, callId)
  if (seen instanceof Fault || seen.state === 'ended') return seen
  const who = principal.kind === 'agent' ? 'The agent' : principal.name
  const done = await app.db.write(async tx => {
    const canceled = await cancel(app, tx, callId, `${who} canceled this call.`)
    if (canceled !== 'too_late') await note(app, tx, principal, { seen, actor, address })
    return canceled
  })
  if (done === 'ended') tellEnded(app, callId)
  return getCall(app, principal, callId)
}

/** What an agent does is in the usage record; what members do to its calls is in theirs. */
async function note(
  app: App,
  tx: Transaction<Schema>,
  principal: Principal,
  { seen, actor, address }: { seen: CallProgress; actor: Actor | undefined; address: string },
): Promise<void> {
  if (principal.kind === 'agent') return
  await recordAudit(tx, app.clock.now(), {
    workspaceId: principal.workspaceId,
    actor: actor ?? personActor(principal),
    action: 'call.canceled',
    target: seen.callId,
    address,
    details: { tool: seen.call?.tool ?? '', agent: seen.call?.agent ?? '' },
  })
}

/**
 * `ended`: by this; `asked`: the provider has it, and it ends once its job sees that nobody wants it. Who decides about the
 * call, or is about to send it, finds its row changed afterwards.
 */
async function cancel(app: App, tx: Transaction<Schema>, callId: string, message: string) {
  await tx
    .updateTable('approvals')
    .set({ state: 'expired', word: message })
    .where('call_id', '=', callId)
    .where('state', '=', 'pending')
    .execute()
  const asked = tx.updateTable('calls').set({ canceled_at: app.clock.now() }).where('id', '=', callId)
  const waiting = await asked
    .where(is =>
      is.or([
        is('state', 'in', ['awaiting_approval', 'approved', 'queued']),
        is.and([is('state', '=', 'sending'), is('paused', '!=', '')]),
      ]),
    )
    .executeTakeFirst()
  if (waiting.numUpdatedRows === 1n) {
    await endUnsent(app, tx, callId, new Fault('canceled', message))
    return 'ended' as const
  }
  const submitted = await asked.where('state', '=', 'submitted').executeTakeFirst()
  if (submitted.numUpdatedRows !== 1n) return 'too_late' as const
  await hurryJob(app, tx, { kind: 'resume_call', subject: callId })
  return 'asked' as const
}
