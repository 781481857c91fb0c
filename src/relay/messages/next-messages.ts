/** What of a waiting message decides whether it goes next. */
export type Candidate = { seq: number; lane: number; created_at: number }

/** After waiting for so long a message goes as if it were one lane more urgent, so that none waits for ever. */
export const ageingMs = 30_000

/** The lane that it has grown into by now. Pure. */
export function laneByAge({ lane, created_at }: Candidate, nowMs: number): number {
  return Math.max(0, lane - Math.floor(Math.max(0, nowMs - created_at) / ageingMs))
}

/** Which of these go next: the most urgent ones, and of those the oldest. Pure. */
export function nextMessages<T extends Candidate>(waiting: readonly T[], nowMs: number, limit: number): T[] {
  return waiting
    .map(message => ({ message, lane: laneByAge(message, nowMs) }))
    .sort((a, b) => a.lane - b.lane || a.message.seq - b.message.seq)
    .slice(0, limit)
    .map(({ message }) => message)
}

/** As many of these, from the first on, as have no more than so many bytes together; the first in any case. Pure. */
export function fitting<T extends { bytes: number }>(messages: readonly T[], bytesMax: number): readonly T[] {
  let bytes = 0
  const end = messages.findIndex((message, at) => {
    bytes += message.bytes
    return at > 0 && bytes > bytesMax
  })
  return end < 0 ? messages : messages.slice(0, end)
}
