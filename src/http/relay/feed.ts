import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../../relay/box.ts'
import { ackMessages } from '../../relay/messages/ack-messages.ts'
import { claimMessages } from '../../relay/messages/claim-messages.ts'
import { extendMessages } from '../../relay/messages/extend-messages.ts'
import type { Held } from '../../relay/messages/held.ts'
import type { Message } from '../../relay/messages/message.ts'
import { type Release, releaseMessages } from '../../relay/messages/release-messages.ts'
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
  /** Whether it may still read at all; where not, nothing more is taken. */
  mayStill(): Promise<boolean>
  push(messages: readonly Message[]): void
  failed(cause: unknown): void
}

/** Taken at once: what is large is then written in pieces that a slow reader has to take first. */
const claimMax = 10
/** A reader that is there and yet acknowledges nothing keeps a message from the agent's other devices for so long. */
const keptMaxMs = 60 * 60 * 1000

export function createFeed(app: App, box: Box, options: FeedOptions): Feed {
  const { window, leaseMs, isReady, mayStill, push, failed } = options
  const held = new Map<string, { lease: string; since: number }>()
  let extendAt = 0
  let running: Promise<void> | undefined
  let again = false
  let over = false

  async function run(): Promise<void> {
    do {
      again = false
      const limit = Math.min(window - held.size, claimMax)
      if (over || limit <= 0 || !isReady() || !(await mayStill())) return
      const messages = await claimMessages(app, box, { limit, leaseMs })
      const since = app.clock.now()
      if (held.size === 0) extendAt = since + leaseMs / 3
      for (const { id, lease } of messages) held.set(id, { lease: lease ?? '', since })
      if (over || !messages.length) return
      push(messages)
      again = true
    } while (again)
  }

  function more(): void {
    again = true
    running ??= run()
      .catch(failed)
      .finally(() => {
        running = undefined
        if (again && !over && held.size < window && isReady()) more()
      })
  }

  const forget = (ended: readonly Held[]) => {
    for (const { id, lease } of ended) if (held.get(id)?.lease === lease) held.delete(id)
    more()
  }

  let acking: { ones: Held[]; done: Promise<(Fault | undefined)[]> } | undefined

  /** What is acknowledged in one turn of the event loop, in one statement: a reader acknowledges one by one what came together. */
  function ackSoon(): NonNullable<typeof acking> {
    const ones: Held[] = []
    const ack = async () => {
      await new Promise(setImmediate)
      acking = undefined
      const faults = await ackMessages(app, box, ones)
      forget(ones)
      return faults
    }
    return { ones, done: ack() }
  }

  app.wakes.on(mailboxTopic(box.agentId), more)
  return {
    more,
    async ack(ended) {
      acking ??= ackSoon()
      const { ones, done } = acking
      const from = ones.push(...ended) - ended.length
      return (await done).slice(from, from + ended.length)
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
      const kept = [...held].filter(([, { since }]) => nowMs - since < keptMaxMs)
      for (const [id] of held) if (!kept.some(([other]) => other === id)) held.delete(id)
      const ones = kept.map(([id, { lease }]) => ({ id, lease }))
      if (!ones.length) return
      extendMessages(app, box, ones, leaseMs).then(answers => {
        for (const [at, { id }] of ones.entries()) if (answers[at] instanceof Fault) held.delete(id)
      }, failed)
    },
    async close() {
      over = true
      app.wakes.off(mailboxTopic(box.agentId), more)
      await running
      const left = [...held].map(([id, { lease }]) => ({ id, lease }))
      held.clear()
      if (left.length) await releaseMessages(app, box, left)
    },
  }
}
