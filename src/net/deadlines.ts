import type { Clock } from '../core/clock.ts'

/** Something that has to be over by a time. */
export type Due = { readonly endsAtMs: number }

export type Deadlines<T extends Due> = { add(item: T): void; remove(item: T): void; close(): void }

/**
 * Many deadlines on one timer: `expire` is called for each item that is still there at its time. Nearly all are removed
 * before, and then cost an entry in a set, where a timer and a closure for each call showed in measurements.
 */
export function deadlines<T extends Due>(clock: Clock, expire: (item: T) => void): Deadlines<T> {
  const waiting = new Set<T>()
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
    for (const item of waiting) {
      if (item.endsAtMs > now) next = Math.min(next, item.endsAtMs)
      else {
        waiting.delete(item)
        expire(item)
      }
    }
    if (next < armedFor) arm(next)
  }

  return {
    add(item) {
      waiting.add(item)
      if (item.endsAtMs < armedFor) arm(item.endsAtMs)
    },
    remove(item) {
      waiting.delete(item)
    },
    close: () => disarm(),
  }
}
