import type { Transaction } from 'kysely'
import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Schema } from '../db/schema.ts'
import { hurryJob } from '../jobs/enqueue.ts'
import { endUnsent } from './close-call.ts'
import { type CallProgress, getCall } from './get-call.ts'
import { tellEnded } from './parked.ts'

/**
 * Ends a call that has not been sent: one that waits for its turn, or for a member. What the provider has already cannot be
 * taken back; when it works on it, nobody asks it any longer. Gives how far the call is then. One that had ended stays so.
 */
export async function cancelCall(app: App, principal: Principal, callId: string): Promise<CallProgress | Fault> {
  const seen = await getCall(app, principal, callId)
  if (seen instanceof Fault || seen.state === 'ended') return seen
  const who = principal.kind === 'agent' ? 'The agent' : principal.name
  if (await app.db.write(tx => cancel(app, tx, callId, `${who} canceled this call.`))) tellEnded(app, callId)
  return getCall(app, principal, callId)
}

/** True when it ended by this. Who decides about the call, or is about to send it, finds its row changed afterwards. */
async function cancel(app: App, tx: Transaction<Schema>, callId: string, message: string): Promise<boolean> {
  await tx
    .updateTable('approvals')
    .set({ state: 'expired', word: message })
    .where('call_id', '=', callId)
    .where('state', '=', 'pending')
    .execute()
  const asked = tx.updateTable('calls').set({ canceled_at: app.clock.now() }).where('id', '=', callId)
  const unsent = await asked.where('state', 'in', ['awaiting_approval', 'approved', 'queued']).executeTakeFirst()
  if (unsent.numUpdatedRows === 1n) {
    await endUnsent(app, tx, callId, new Fault('canceled', message))
    return true
  }
  const submitted = await asked.where('state', '=', 'submitted').executeTakeFirst()
  if (submitted.numUpdatedRows === 1n) await hurryJob(app, tx, { kind: 'resume_call', subject: callId })
  return false
}
