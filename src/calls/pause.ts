import type { App } from '../app.ts'
import { stopTopic } from '../core/look-until.ts'
import type { Caller } from './call.ts'

/** Waits, and gives true when the time is over; false at once when the caller is gone or the server stops. */
export function pause({ clock, wakes }: Pick<App, 'clock' | 'wakes'>, ms: number, caller?: Caller): Promise<boolean> {
  if (caller?.destroyed) return Promise.resolve(false)
  if (ms <= 0) return Promise.resolve(true)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const end = (isOver: boolean) => {
    cancelTimer()
    wakes.off(stopTopic, giveUp)
    caller?.off('close', giveUp)
    resolve(isOver)
  }
  const giveUp = () => end(false)
  const cancelTimer = clock.after(ms, () => end(true))
  wakes.on(stopTopic, giveUp)
  caller?.on('close', giveUp)
  return promise
}
