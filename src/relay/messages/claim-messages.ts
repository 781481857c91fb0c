import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { newId } from '../../core/ids.ts'
import type { Box } from '../box.ts'
import { few, type Waiting } from '../queries.ts'
import { endUndelivered } from './end-undelivered.ts'
import { type Message, type MessageRow, viewOf } from './message.ts'
import { nextMessages } from './next-messages.ts'

export type Claim = {
  /** At most so many, and 100. */
  limit: number
  /** How long they are this device's alone. */
  leaseMs: number
}

/** Another device may be quicker, or what comes first may be over: then it looks again, so many times. */
const looksMax = 4

/**
 * Takes what is next in the agent's mailbox, under a lease: nobody else gets it until that is over or given back. What is
 * handed out counts as delivered once more. Empty when there is nothing to take just now.
 */
export async function claimMessages(app: App, box: Box, { limit, leaseMs }: Claim): Promise<Message[]> {
  const { presence, queries } = app.relay
  presence.note(box)
  for (let look = 0; look < looksMax; look++) {
    const now = app.relay.now()
    const asked = [box.agentId, now, box.device, box.device]
    const find = limit <= few ? queries.few : queries.many
    const waiting = await find(...asked, ...asked, ...asked, ...asked)
    if (!waiting.length) return []
    const over = waiting.filter(message => isOver(app, message, now))
    if (over.length) await endUndelivered(app, box.agentId, { over, now })
    const chosen = nextMessages(over.length ? waiting.filter(each => !over.includes(each)) : waiting, now, limit)
    const taken = chosen.length ? await take(app, box, { seqs: chosen.map(({ seq }) => seq), leaseMs, now }) : []
    if (taken.length) return handOut(app, box, { taken, chosen, leaseMs })
  }
  return []
}

const isOver = ({ config }: App, { expires_at, deliveries }: Waiting, now: number) =>
  expires_at <= now || deliveries >= config.relayDeliveriesMax

/** Of two who try to take the same message at once, one gets it: the second finds it held. */
function take(
  app: App,
  { device }: Box,
  { seqs, leaseMs, now }: { seqs: number[]; leaseMs: number; now: number },
): Promise<MessageRow[]> {
  const lease = newId('lease', app.clock.now())
  return app.db.together(tx =>
    tx
      .updateTable('relay_messages')
      .set(({ ref, eb }) => ({
        lease,
        lease_until: now + leaseMs,
        holder: device,
        deliveries: eb(ref('deliveries'), '+', 1),
      }))
      .where('seq', 'in', ({ selectFrom }) =>
        // Two who take some of the same ones must not wait for each other.
        selectFrom('relay_messages')
          .select('seq')
          .where('seq', 'in', seqs)
          .$if(app.db.dialect === 'postgres', q => q.orderBy('seq').forUpdate().skipLocked()),
      )
      .where('state', '=', sql.lit('waiting'))
      .where('lease_until', '<=', now)
      .returningAll()
      .execute(),
  )
}

async function handOut(
  app: App,
  { agentId }: Box,
  { taken, chosen, leaseMs }: { taken: MessageRow[]; chosen: readonly Waiting[]; leaseMs: number },
): Promise<Message[]> {
  app.relay.leases.note(agentId, leaseMs)
  const bySeq = new Map(taken.map(row => [row.seq, row]))
  const inOrder = chosen.flatMap(({ seq }) => bySeq.get(seq) ?? [])
  return Promise.all(inOrder.map(row => viewOf(app, row, true)))
}
