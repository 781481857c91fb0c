import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { isId, newId } from '../../../core/ids.ts'
import type { Box } from '../../../relay/box.ts'
import { ackMessages } from '../../../relay/messages/ack-messages.ts'
import { awaitMessages } from '../../../relay/messages/await-messages.ts'
import { changeHeld, type Held, updateHeld } from '../../../relay/messages/held.ts'
import { heldBy } from '../../../relay/messages/held-by.ts'
import { releaseMessages } from '../../../relay/messages/release-messages.ts'
import { seedMessage } from './view.ts'
import { ownBox } from './who.ts'

/** A client of that protocol acknowledges nothing: a task that it does not answer comes again after so long. */
export const seedLeaseMs = 10 * 60 * 1000

const atOnce = 10
const messagesMax = 100
/** More than one answer of this length need not be in memory at once. */
const charactersMax = 1024 * 1024

export type Polled = {
  answer: { messages: Record<string, unknown>[]; count: number }
  /** To be called once it is known whether the answer was written. */
  written(isWritten: boolean): Promise<void>
}

/**
 * What waits for this agent. Asking again says that the answer before has arrived, so what was in it is done with: all but
 * tasks, which are done with when they are answered. `gone`: whether the client has hung up; `mayStill`: asked
 * again before anything is taken after a pause.
 */
export async function poll(
  app: App,
  principal: AgentPrincipal,
  {
    agentId,
    waitMs,
    gone,
    mayStill,
  }: { agentId: string; waitMs: number; gone: () => boolean; mayStill: () => Promise<boolean> },
): Promise<Polled | Fault> {
  const box = await ownBox(app, principal, agentId)
  if (box instanceof Fault) return box
  if (!box) return { answer: { messages: [], count: 0 }, written: async () => undefined }
  await settleEarlier(app, box)

  const taken: Held[] = []
  const messages: Record<string, unknown>[] = []
  let characters = 0
  const lease = newId('lease', app.clock.now())
  while (messages.length < messagesMax && characters < charactersMax) {
    const claim = { limit: atOnce, leaseMs: seedLeaseMs, lease, waitMs: messages.length ? 0 : waitMs, gone, mayStill }
    const some = await awaitMessages(app, box, claim)
    if (some instanceof Fault) return some
    if (!some.length) break
    const unsaid: Held[] = []
    for (const message of some) {
      const held = { id: message.id, lease: message.lease ?? '' }
      const shown = await seedMessage(app, box, message, { toAgent: agentId, queued: true })
      if (shown) messages.push(shown)
      characters += JSON.stringify(shown ?? '').length
      ;(shown ? taken : unsaid).push(held)
    }
    if (unsaid.length) await ackMessages(app, box, unsaid)
  }
  return {
    answer: { messages, count: messages.length },
    async written(isWritten) {
      if (!taken.length) return
      if (isWritten) await noteWritten(app, box, taken)
      else await releaseMessages(app, box, taken, { unseen: true })
    },
  }
}

/** From now on they have a lease of another kind: that says it to every process, whichever is asked next. */
async function noteWritten(app: App, box: Box, taken: readonly Held[]): Promise<void> {
  const written = newId('polled', app.clock.now())
  await changeHeld(app, box, taken, (lease, ids) =>
    app.db.together(tx => updateHeld(tx, box, lease, ids).set({ lease: written }).execute()),
  )
}

/** What is still being written, by a poll or to a connection, is not done with: it may never arrive. */
async function settleEarlier(app: App, box: Box): Promise<void> {
  const held = await heldBy(app, box)
  const arrived = held.filter(({ kind, lease }) => kind !== 'task' && isId('polled', lease))
  if (arrived.length) await ackMessages(app, box, arrived)
}
