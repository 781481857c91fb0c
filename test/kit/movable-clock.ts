import type { Clock } from '../../src/core/clock.ts'

/** A clock that stands still until a test moves it. Timers fire in order while it moves. */
export type MovableClock = Clock & {
  move(ms: number): void
  /** When the next timer fires; infinite where there is none. */
  dueAt(): number
}

export function movableClock(startMs = Date.UTC(2026, 0, 15, 12)): MovableClock {
  let now = startMs
  const timers = new Map<symbol, { at: number; fire: () => void }>()
  return {
    now: () => now,
    dueAt: () => Math.min(...Array.from(timers.values(), ({ at }) => at)),
    after(ms, fire) {
      const id = Symbol()
      timers.set(id, { at: Math.ceil(now + ms), fire })
      return () => timers.delete(id)
    },
    move(ms) {
      const until = now + ms
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
        if (!due) break
        now = due[1].at
        timers.delete(due[0])
        due[1].fire()
      }
      now = until
    },
  }
}
