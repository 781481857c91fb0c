import type { EventEmitter } from 'node:events'
import type { Clock } from '../core/clock.ts'
import { mailboxTopic } from './wake.ts'

/** Wakes whoever waits at a mailbox when a lease in it, that this process gave, is over. */
export type LeaseTimers = {
  /** A message of this mailbox is out for so long. */
  note(agentId: string, leaseMs: number): void
  close(): void
}

/** One timer for all leases that end within a second of each other: there may be many thousands. */
const stepMs = 1_000

export function createLeaseTimers(clock: Clock, wakes: EventEmitter): LeaseTimers {
  const steps = new Map<number, { mailboxes: Set<string>; cancel(): void }>()
  return {
    note(agentId, leaseMs) {
      const now = clock.now()
      const step = Math.floor((now + leaseMs) / stepMs) + 1
      const known = steps.get(step)
      if (known) {
        known.mailboxes.add(agentId)
        return
      }
      const mailboxes = new Set([agentId])
      const cancel = clock.after(step * stepMs - now, () => {
        steps.delete(step)
        for (const id of mailboxes) wakes.emit(mailboxTopic(id))
      })
      steps.set(step, { mailboxes, cancel })
    },
    close() {
      for (const { cancel } of steps.values()) cancel()
      steps.clear()
    },
  }
}
