import { sql, type Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { Schema } from '../../db/schema.ts'
import { isWaiting, type Waiting } from '../queries.ts'
import { keepMs } from '../retention.ts'

/**
 * What was handed out too often becomes a dead letter; what nobody received in time has expired, and with it all in this
 * mailbox that has: of a thread each would otherwise come to light only when the one before it is gone.
 */
export async function endUndelivered(
  app: App,
  mailbox: string,
  { over, now }: { over: readonly Waiting[]; now: number },
): Promise<void> {
  const dead = over.filter(({ expires_at }) => expires_at > now).map(({ seq }) => seq)
  if (dead.length < over.length) await expireMessages(app, { mailbox }, now)
  if (!dead.length) return
  const { relayDeliveriesMax: times } = app.config
  const problem = `It was handed out ${times === 1 ? 'once' : `${times} times`} and never acknowledged.`
  await app.db.together(tx =>
    end(app, tx, { state: 'dead', problem }, now)
      .where('seq', 'in', dead)
      // Meanwhile it may have been given back by somebody who never saw it.
      .where('deliveries', '>=', times)
      .execute(),
  )
}

/** Those of a mailbox, or of these, that nobody received in time and nobody holds. */
export async function expireMessages(
  app: App,
  which: { mailbox: string } | { seqs: readonly number[] },
  now: number,
): Promise<void> {
  const problem = 'Nobody received it in time.'
  await app.db.together(tx =>
    end(app, tx, { state: 'expired', problem }, now)
      .where('expires_at', '<=', now)
      .$if('mailbox' in which, q => q.where(isWaiting('mailbox' in which ? which.mailbox : '')))
      .$if('seqs' in which, q => q.where('seq', 'in', 'seqs' in which ? which.seqs : []))
      .execute(),
  )
}

/** Neither waits any longer, and both are kept for a while. What its last receiver said when it gave it back stays beside it. */
function end(
  app: App,
  tx: Transaction<Schema>,
  { state, problem }: { state: 'dead' | 'expired'; problem: string },
  now: number,
) {
  return tx
    .updateTable('relay_messages')
    .set({
      state,
      problem: sql<string>`${problem} || problem`,
      expires_at: now + keepMs(app),
    })
    .where('state', '=', sql.lit('waiting'))
    .where('lease_until', '<=', now)
}
