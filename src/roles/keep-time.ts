import type { App } from '../app.ts'
import { systemClock } from '../core/clock.ts'

const everyMs = 5_000

/** Finds out when this machine's clock, or that of PostgreSQL, is set while this process runs. */
export function keepTime({ clock, db, relay, log }: App): { stop(): Promise<void> } {
  let stopped = false
  let measuring = Promise.resolve()
  let cancel = () => {}

  function measureLater(): void {
    if (!stopped) cancel = clock.after(everyMs, measure)
  }
  function measure(): void {
    measuring = relay
      .measure()
      .catch(cause => log.warn({ err: cause }, 'the clock could not be compared with that of the database'))
      .then(measureLater)
  }

  // A clock that tests move is not set.
  if (db.dialect === 'postgres' && clock === systemClock) measureLater()
  return {
    async stop() {
      stopped = true
      cancel()
      await measuring
    },
  }
}
