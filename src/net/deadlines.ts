import type { Clock } from '../core/clock.ts'

/** Something that has to be over by a time. `place`: where it stands among those that wait, for `deadlines` alone. */
export type Due = { readonly endsAtMs: number; place: number }

/** The place of what waits nowhere. */
export const nowhere = -1

export type Deadlines<T extends Due> = { add(item: T): void; remove(item: T): void; close(): void }

/**
 * Many deadlines on one timer: `expire` is called for each item that is still there at its time. Nearly all are removed
 * before, and then cost an entry in an array, where a timer and a closure for each call showed in measurements. It is no
 * `Set`: each time that one is cleared of what was removed, V8 leaves its old table behind, which holds all that waited just
 * then, and the next table too, until the whole heap is collected.
 */
export function deadlines<T extends Due>(clock: Clock, expire: (item: T) => void): Deadlines<T> {
  const waiting: T[] = []
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
    for (const item of [...waiting]) {
      if (item.place === nowhere) continue
      if (item.endsAtMs > now) next = Math.min(next, item.endsAtMs)
      else {
        remove(item)
        expire(item)
      }
    }
    if (next < armedFor) arm(next)
  }

  /** The last one takes its place. */
  function remove(item: T): void {
    if (item.place === nowhere) return
    const last = waiting.pop()
    if (last && last !== item) {
      waiting[item.place] = last
      last.place = item.place
    }
    item.place = nowhere
  }

  return {
    add(item) {
      item.place = waiting.push(item) - 1
      if (item.endsAtMs < armedFor) arm(item.endsAtMs)
    },
    remove,
    close: () => disarm(),
  }
}
