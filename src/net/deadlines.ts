import type { Clock } from '../core/clock.ts'

export type Deadlines = {
  /** Calls `fire` at `atMs`, unless the returned function is called before. */
  at(atMs: number, fire: () => void): () => void
  close(): void
}

/** Many deadlines on one timer: nearly all of them are called off, and then cost no more than an entry in a set. */
export function deadlines(clock: Clock): Deadlines {
  const waiting = new Set<{ atMs: number; fire: () => void }>()
  let armedFor = Number.POSITIVE_INFINITY
  let disarm: () => void = () => {}

  function arm(atMs: number): void {
    disarm()
    armedFor = atMs
    disarm = clock.after(Math.max(0, atMs - clock.now()), sweep)
  }

  function sweep(): void {
    armedFor = Number.POSITIVE_INFINITY
    const now = clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const deadline of waiting) {
      if (deadline.atMs > now) next = Math.min(next, deadline.atMs)
      else {
        waiting.delete(deadline)
        deadline.fire()
      }
    }
    if (next < armedFor) arm(next)
  }

  return {
    at(atMs, fire) {
      const deadline = { atMs, fire }
      waiting.add(deadline)
      if (atMs < armedFor) arm(atMs)
      return () => waiting.delete(deadline)
    },
    close: () => disarm(),
  }
}
