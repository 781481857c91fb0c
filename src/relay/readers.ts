import type { Message } from './messages/message.ts'

/**
 * Who waits at a mailbox in this process. A message that is sent while somebody does is stored as handed out to them already:
 * it need not be looked for, changed and opened again.
 */
export type Readers = {
  join(agentId: string, reader: Reader): { left(): void }
  /** Room at somebody who takes a message of this mailbox now, to be used or given up. */
  find(agentId: string, toDevice: string): Place | undefined
}

/** Offers room while it takes more and has taken all that waits. `toDevice` as in a message's row. */
export type Reader = (toDevice: string) => Place | undefined

export type Place = {
  device: string
  /** What it is to be stored under. */
  lease: string
  leaseMs: number
  /** The message is stored under a lease of this device. */
  take(message: Message): void
  giveUp(): void
}

export function createReaders(): Readers {
  const mailboxes = new Map<string, Set<Reader>>()
  return {
    join(agentId, reader) {
      const readers = mailboxes.get(agentId) ?? new Set()
      mailboxes.set(agentId, readers.add(reader))
      return {
        left() {
          readers.delete(reader)
          if (!readers.size && mailboxes.get(agentId) === readers) mailboxes.delete(agentId)
        },
      }
    },
    find(agentId, toDevice) {
      const readers = mailboxes.get(agentId)
      if (!readers) return undefined
      for (const reader of readers) {
        const place = reader(toDevice)
        if (!place) continue
        // The next message is another one's turn.
        if (readers.size > 1 && readers.delete(reader)) readers.add(reader)
        return place
      }
      return undefined
    },
  }
}
