import type { EventEmitter } from 'node:events'
import type { Clock } from './clock.ts'

/** How often it looks itself: what it waits for may happen in another process. */
const lookEveryMs = 500
/** Emitted when the server stops: nobody waits any longer. */
export const stopTopic = 'stopping'

export type Looking<T> = { topic: string; waitMs: number; done: (seen: T) => boolean; everyMs?: number }

type Woken = 'woken' | 'stopped' | 'over'

/**
 * Looks until what it sees is `done`, or for `waitMs` at the longest, and gives what it saw last. `topic` wakes it in this
 * process; a stop of the server ends the waiting. `everyMs`: how often it looks unasked.
 */
export async function lookUntil<T>(
  { clock, wakes }: { clock: Clock; wakes: EventEmitter },
  { topic, waitMs, done, everyMs = lookEveryMs }: Looking<T>,
  look: () => Promise<T>,
): Promise<T> {
  const until = clock.now() + waitMs
  for (;;) {
    const leftMs = until - clock.now()
    // It listens before it looks, so that what happens in between is not missed.
    const pause = startPause({ clock, wakes }, topic, Math.min(everyMs, leftMs))
    const seen = await look()
    if (done(seen) || leftMs <= 0) {
      pause.end('woken')
      return seen
    }
    if ((await pause.over) === 'stopped') return seen
  }
}

function startPause(
  { clock, wakes }: { clock: Clock; wakes: EventEmitter },
  topic: string,
  ms: number,
): { over: Promise<Woken>; end(why: Woken): void } {
  const { promise, resolve } = Promise.withResolvers<Woken>()
  const end = (why: Woken) => {
    wakes.off(topic, onWake)
    wakes.off(stopTopic, onStop)
    cancelTimer()
    resolve(why)
  }
  const onWake = () => end('woken')
  const onStop = () => end('stopped')
  const cancelTimer = clock.after(Math.max(0, ms), () => end('over'))
  wakes.on(topic, onWake)
  wakes.on(stopTopic, onStop)
  return { over: promise, end }
}
