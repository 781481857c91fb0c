import type { App } from '../../app.ts'
import { newId } from '../../core/ids.ts'
import type { Box } from '../box.ts'
import { few, type Waiting } from '../queries.ts'
import { endUndelivered } from './end-undelivered.ts'
import { type Message, type MessageRow, viewOf } from './message.ts'
import { fitting, nextMessages } from './next-messages.ts'

export type Claim = {
  /** At most so many, and 100. */
  limit: number
  /** And no more than have so many bytes together, but one in any case. */
  bytesMax?: number
  /** How long they are this device's alone. */
  leaseMs: number
  /** For who has to know it before anything is stored under it; otherwise a new one. */
  lease?: string
}

/** `more`: something else waits that could be taken as well. */
export type Claimed = { messages: Message[]; more: boolean }

/** Another device may be quicker, or what comes first may be over: then it looks again, so many times. */
const looksMax = 4

/**
 * Takes what is next in the agent's mailbox, under a lease: nobody else gets it until that is over or given back. What is
 * handed out counts as delivered once more. Empty when there is nothing to take just now.
 */
export async function claimMessages(app: App, box: Box, claim: Claim): Promise<Message[]> {
  return (await claimNext(app, box, claim)).messages
}

/** The same, for who goes on until nothing is left. */
export async function claimNext(
  app: App,
  box: Box,
  { limit, bytesMax = Number.POSITIVE_INFINITY, leaseMs, ...claim }: Claim,
): Promise<Claimed> {
  const lease = claim.lease ?? newId('lease', app.clock.now())
  const { presence, queries } = app.relay
  presence.note(box)
  for (let look = 0; look < looksMax; look++) {
    const now = app.relay.now()
    const asked = [box.agentId, now, box.device, box.device]
    const find = limit <= few ? queries.few : queries.many
    const waiting = await find(...asked, ...asked, ...asked, ...asked)
    if (!waiting.length) return nothing
    const over = waiting.filter(message => isOver(app, message, now))
    if (over.length) await endUndelivered(app, box.agentId, { over, now })
    const good = over.length ? waiting.filter(each => !over.includes(each)) : waiting
    const chosen = fitting(nextMessages(good, now, limit), bytesMax)
    const taken = await take(app, box, { chosen, lease, leaseMs, now })
    if (!taken.length) continue
    app.relay.leases.note(box.agentId, leaseMs)
    return { messages: await Promise.all(taken.map(row => viewOf(app, row, true))), more: good.length > chosen.length }
  }
  return nothing
}

const nothing: Claimed = { messages: [], more: false }

const isOver = ({ config }: App, { expires_at, deliveries }: Waiting, now: number) =>
  expires_at <= now || deliveries >= config.relayDeliveriesMax

/** Of two who try to take the same message at once, one gets it: the second finds it held. */
async function take(
  app: App,
  { device }: Box,
  { chosen, lease, leaseMs, now }: { chosen: readonly Waiting[]; lease: string; leaseMs: number; now: number },
): Promise<MessageRow[]> {
  const { take } = app.relay.queries
  return (await Promise.all(chosen.map(({ seq }) => take(lease, now + leaseMs, device, seq, now)))).flat()
}
