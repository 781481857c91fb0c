import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Box } from '../../relay/box.ts'
import { ackMessages } from '../../relay/messages/ack-messages.ts'
import { claimNext } from '../../relay/messages/claim-messages.ts'
import { extendMessages } from '../../relay/messages/extend-messages.ts'
import type { Held } from '../../relay/messages/held.ts'
import type { Message } from '../../relay/messages/message.ts'
import { type Release, releaseMessages } from '../../relay/messages/release-messages.ts'
import type { Place } from '../../relay/readers.ts'
import { mailboxTopic } from '../../relay/wake.ts'

/** Brings what comes into a mailbox to one connection, never more at once than that can take. */
export type Feed = {
  /** Looks for more; to be called when the reader has become ready again. */
  more(): void
  /** The reader is done with these. */
  ack(held: readonly Held[]): Promise<(Fault | undefined)[]>
  /** Gives these back. */
  release(held: readonly Held[], how?: Release): Promise<(Fault | undefined)[]>
  /** Leaves these to their leases: they are neither extended nor given back any more. */
  leave(ids: readonly string[]): void
  /** Extends what the reader still has, where it is time for that. */
  keep(nowMs: number): void
  /** Gives back what is not acknowledged. Resolves once that is stored. */
  close(): Promise<void>
}

export type FeedOptions = {
  /** So many messages may be with the reader, unacknowledged. */
  window: number
  leaseMs: number
  /** Whether the reader takes more just now: claiming waits for it, and `more` ends the waiting. */
  isReady(): boolean
  /** Whether it may still read at all; where not, nothing more is taken. At once, where that is known. */
  mayStill(): boolean | Promise<boolean>
  push(messages: readonly Message[]): void
  failed(cause: unknown): void
}

/** Taken at once: more than this is written in pieces, of which a slow reader has to take the first ones first. */
const claimBytesMax = 256 * 1024
/** A reader that is there and yet acknowledges nothing keeps a message from the agent's other devices for so long. */
const keptMaxMs = 60 * 60 * 1000

export function createFeed(app: App, box: Box, options: FeedOptions): Feed {
  const { window, leaseMs, isReady, mayStill, push, failed } = options
  /** Leases under which something may be stored that is not pushed. */
  const unseen = new Set<string>()
  const held = new Map<string, { lease: string; since: number }>()
  let extendAt = 0
  let running: Promise<void> | undefined
  /** Something may wait that was not looked at yet. */
  let mayBeMore = true
  /** All that waited when it last looked is taken: what is sent from now on comes after nothing else. */
  let isCaughtUp = false
  let over = false
  /** Messages that are just being stored as this reader's. */
  let coming = 0
  /** As many as it is just looking for. */
  let asked = 0
  let onNoneComing: (() => void) | undefined
  let closing: Promise<void> | undefined

  const free = () => window - held.size - coming - asked
  const takesMore = () => !over && mayBeMore && free() > 0 && isReady()

  async function run(): Promise<void> {
    while (takesMore()) {
      mayBeMore = false
      // What is offered meanwhile must not take the same room, and has half of it once nothing else is known to wait.
      const limit = isCaughtUp ? Math.ceil(free() / 2) : free()
      asked = limit
      if (!(await mayStill())) return
      const lease = newLease()
      const { messages, more } = await claimNext(app, box, { limit, bytesMax: claimBytesMax, leaseMs, lease })
      asked = 0
      isCaughtUp = !more
      if (!messages.length) unseen.delete(lease)
      else {
        mayBeMore = true
        hold(messages)
        show(messages)
      }
    }
  }

  function newLease(): string {
    const lease = newId('lease', app.clock.now())
    unseen.add(lease)
    return lease
  }

  function more(): void {
    if (running || !takesMore()) return
    running = run()
      .catch(failed)
      .finally(() => {
        running = undefined
        asked = 0
        more()
      })
  }

  function look(): void {
    mayBeMore = true
    if (free() <= 0 || !isReady()) isCaughtUp = false
    more()
  }

  function hold(messages: readonly Message[]): void {
    const since = app.clock.now()
    if (held.size === 0) extendAt = since + leaseMs / 3
    for (const { id, lease } of messages) held.set(id, { lease: lease ?? '', since })
  }

  function show(messages: readonly Message[]): void {
    if (over) return
    for (const { lease } of messages) unseen.delete(lease ?? '')
    push(messages)
  }

  /** Room for what is sent now, where nothing else waits that would come before it. */
  function offer(toDevice: string): Place | undefined {
    if (over || (toDevice !== '' && toDevice !== box.device)) return undefined
    if (free() <= 0 || !isReady()) isCaughtUp = false
    if (!isCaughtUp) return undefined
    coming += 1
    const came = () => {
      coming -= 1
      if (coming === 0) onNoneComing?.()
    }
    const lease = newLease()
    return {
      device: box.device,
      lease,
      leaseMs,
      take(message) {
        hold([message])
        const still = mayStill()
        if (still instanceof Promise) still.then(may => may && show([message]), failed)
        else if (still) show([message])
        came()
      },
      giveUp() {
        unseen.delete(lease)
        came()
        more()
      },
    }
  }

  const heldNow = (): Held[] => [...held].map(([id, { lease }]) => ({ id, lease }))

  const forget = (ended: readonly Held[]) => {
    for (const { id, lease } of ended) if (held.get(id)?.lease === lease) held.delete(id)
    more()
  }

  app.wakes.on(mailboxTopic(box.agentId), look)
  const place = app.relay.readers.join(box.agentId, offer)
  return {
    more,
    async ack(ended) {
      const faults = await ackMessages(app, box, ended)
      forget(ended)
      return faults
    },
    async release(ended, how) {
      const faults = await releaseMessages(app, box, ended, how)
      forget(ended)
      return faults
    },
    leave(ids) {
      for (const id of ids) held.delete(id)
      more()
    },
    keep(nowMs) {
      if (!held.size || nowMs < extendAt) return
      extendAt = nowMs + leaseMs / 3
      for (const [id, { since }] of held) if (nowMs - since >= keptMaxMs) held.delete(id)
      const ones = heldNow()
      more()
      if (!ones.length) return
      // What the reader itself has asked for is not taken from it.
      extendMessages(app, box, ones, leaseMs, { atLeast: true }).then(
        answers => forget(ones.filter((_, at) => answers[at] instanceof Fault)),
        failed,
      )
    },
    // Twice, when the client goes while the server stops: both wait for the same.
    close: () => (closing ??= end()),
  }

  async function end(): Promise<void> {
    over = true
    place.left()
    app.wakes.off(mailboxTopic(box.agentId), look)
    await running
    if (coming) await new Promise<void>(resolve => (onNoneComing = resolve))
    const left = heldNow()
    held.clear()
    const shown = left.filter(({ lease }) => !unseen.has(lease))
    const neverShown = left.filter(({ lease }) => unseen.has(lease))
    if (shown.length) await releaseMessages(app, box, shown)
    if (neverShown.length) await releaseMessages(app, box, neverShown, { unseen: true })
    unseen.clear()
  }
}
