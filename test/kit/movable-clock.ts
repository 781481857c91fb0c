import type { Clock } from '../../src/core/clock.ts'

/** A clock that stands still until a test moves it. Timers fire in order while it moves. */
export type MovableClock = Clock & {
  move(ms: number): void
  /** As when a machine slept: it is later at once, and whatever came due meanwhile fires only now. */
  leap(ms: number): void
  /** When the next timer fires; infinite where there is none. */
  dueAt(): number
}

export function movableClock(startMs = Date.UTC(2026, 0, 15, 12)): MovableClock {
  let now = startMs
  const timers = new Map<symbol, { at: number; fire: () => void }>()
  function pass(ms: number, nowAt: (at: number, until: number) => number): void {
    const until = now + ms
    for (;;) {
      const due = [...timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
      if (!due) break
      now = nowAt(due[1].at, until)
      timers.delete(due[0])
      due[1].fire()
    }
    now = until
  }
  return {
    now: () => now,
    dueAt: () => Math.min(...Array.from(timers.values(), ({ at }) => at)),
    after(ms, fire) {
      const id = Symbol()
      timers.set(id, { at: Math.ceil(now + ms), fire })
      return () => timers.delete(id)
    },
    move: ms => pass(ms, at => at),
    leap: ms => pass(ms, (_, until) => until),
  }
}
