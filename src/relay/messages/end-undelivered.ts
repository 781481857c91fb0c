import { sql } from 'kysely'
import type { App } from '../../app.ts'

const hourMs = 60 * 60 * 1000

/** What was handed out too often becomes a dead letter; what nobody received in time has expired. Neither waits any longer. */
export async function endUndelivered(
  app: App,
  messages: readonly { seq: number; deliveries: number; expires_at: number }[],
  now: number,
): Promise<void> {
  const { relayKeepHours, relayDeliveriesMax } = app.config
  const kept = now + relayKeepHours * hourMs
  const end = (seqs: number[], state: 'dead' | 'expired', problem: string) =>
    app.db.together(tx =>
      tx
        .updateTable('relay_messages')
        .set({ state, problem, expires_at: kept })
        .where('seq', 'in', seqs)
        .where('state', '=', sql.lit('waiting'))
        .where('lease_until', '<=', now)
        .execute(),
    )
  const expired = messages.filter(({ expires_at }) => expires_at <= now).map(({ seq }) => seq)
  const dead = messages
    .filter(({ expires_at, deliveries }) => expires_at > now && deliveries >= relayDeliveriesMax)
    .map(({ seq }) => seq)
  if (expired.length) await end(expired, 'expired', 'Nobody received it in time.')
  if (dead.length) await end(dead, 'dead', `It was handed out ${relayDeliveriesMax} times and never acknowledged.`)
}
