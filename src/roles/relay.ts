import type { App } from '../app.ts'
import { type SweepMark, sweepOnce } from '../relay/sweep.ts'
import { mailboxTopic, relayChannel } from '../relay/wake.ts'

export type RunningRelay = { stop(): Promise<void> }

const sweepEveryMs = 5_000
/** The same while PostgreSQL does not tell. */
const sweepOftenMs = 1_000

/** Wakes agents that wait in this process for what other processes do. */
export function startRelay(app: App): RunningRelay {
  const { clock, log, wakes } = app
  const onNews = (payload: string) => {
    for (const id of payload.split(',')) if (id) wakes.emit(mailboxTopic(id))
  }
  const listening = app.listen({ name: relayChannel, onNews })
  let mark: SweepMark | undefined
  let stopped = false
  let sweeping = Promise.resolve()
  let cancel = clock.after(sweepEveryMs, sweep)

  function sweep(): void {
    sweeping = sweepOnce(app, mark)
      .then(next => {
        mark = next
      })
      .catch(cause => log.warn({ err: cause }, 'mailboxes could not be looked at'))
      .then(() => {
        if (!stopped) cancel = clock.after(listening.isTold() ? sweepEveryMs : sweepOftenMs, sweep)
      })
  }

  return {
    async stop() {
      stopped = true
      cancel()
      await listening.stop()
      await sweeping
    },
  }
}
