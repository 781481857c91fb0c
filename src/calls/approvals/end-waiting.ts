import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Schema } from '../../db/schema.ts'
import { endUnsent } from '../close-call.ts'
import { tellEnded } from '../parked.ts'

const removed = 'The connection was removed.'

/**
 * Ends the calls that wait for a member's approval to use this connection, in the transaction that removes it. Gives what
 * tells those who wait, for after the commit. One that was approved already ends by itself when it finds no connection.
 */
export async function endWaitingCalls(app: App, tx: Transaction<Schema>, connectionId: string): Promise<() => void> {
  const ended = await tx
    .updateTable('approvals')
    .set({ state: 'expired', word: removed })
    .where('connection_id', '=', connectionId)
    .where('state', '=', 'pending')
    .returning('call_id')
    .execute()
  const fault = new Fault('connection_not_found', 'The connection that this call was to use was removed.')
  for (const { call_id } of ended) await endUnsent(app, tx, call_id, fault)
  return () => {
    for (const { call_id } of ended) tellEnded(app, call_id)
  }
}
