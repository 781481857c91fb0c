import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { ConnectSessionRow, Schema } from '../../db/schema.ts'
import { isOver } from './bound-session.ts'
import { sessionState, sessionTopic } from './connect-session.ts'

/**
 * Ends a session in the caller's transaction, with what it kept in secret on its way. A fault when it is over already: then
 * the caller undoes everything else, so that no session ends twice. An answer of a provider that comes later still leads to
 * its page, and changes nothing.
 */
export async function endSession(
  tx: Transaction<Schema>,
  nowMs: number,
  { id, state, connectionId = '' }: { id: string; state: 'connected' | 'denied'; connectionId?: string },
): Promise<Fault | undefined> {
  const ended = await tx
    .updateTable('connect_sessions')
    .set({ state, made_connection_id: connectionId, ended_at: nowMs, code: '', problem: '' })
    .where('id', '=', id)
    .where('state', '=', 'awaiting_user')
    .where('expires_at', '>', nowMs)
    .returning('id')
    .executeTakeFirst()
  if (ended) {
    await tx.deleteFrom('seals').where('id', '=', id).execute()
    return undefined
  }
  const row = await tx.selectFrom('connect_sessions').selectAll().where('id', '=', id).executeTakeFirst()
  return isOver(row ? sessionState(row, nowMs) : 'expired')
}

/** Wakes who waits for it in this process. To be called once what happened is committed. */
export function tellSession(app: App, id: string): void {
  app.wakes.emit(sessionTopic(id))
}

/** Keeps why a try did not work, for the page and for who asked. The person may try again. Gives the same fault. */
export async function recordProblem(app: App, { id }: ConnectSessionRow, fault: Fault): Promise<Fault> {
  await app.db.write(tx =>
    tx
      .updateTable('connect_sessions')
      .set({ code: fault.code, problem: fault.message })
      .where('id', '=', id)
      .where('state', '=', 'awaiting_user')
      .execute(),
  )
  tellSession(app, id)
  return fault
}
