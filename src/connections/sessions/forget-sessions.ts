import type { Transaction } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import { sessionKeptMs } from './connect-session.ts'

/** Writes down which connect sessions are over, and removes those that nobody asks about any more. */
export async function forgetSessions(tx: Transaction<Schema>, nowMs: number): Promise<void> {
  for (const state of ['expired', 'failed'] as const) {
    await tx
      .updateTable('connect_sessions')
      .set(({ ref }) => ({ state, ended_at: ref('expires_at') }))
      .where('state', '=', 'awaiting_user')
      .where('expires_at', '<=', nowMs)
      .where('code', state === 'expired' ? '=' : '!=', '')
      .execute()
  }
  await tx
    .deleteFrom('connect_sessions')
    .where('expires_at', '<=', nowMs - sessionKeptMs)
    .execute()
}
