import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { type CallProgress, getCall } from './get-call.ts'
import { endTopic } from './parked.ts'

/** How often it looks itself: another process may end the call. */
const lookEveryMs = 500
export const stopTopic = 'stopping'

/** How far a call is, as soon as it has ended, or after `waitMs` at the latest. A stop of the server ends the waiting. */
export async function awaitCall(
  app: App,
  principal: Principal,
  { id, waitMs }: { id: string; waitMs: number },
): Promise<CallProgress | Fault> {
  const until = app.clock.now() + waitMs
  for (;;) {
    const leftMs = until - app.clock.now()
    // It listens before it looks, so that an end in between is not missed.
    const pause = startPause(app, id, Math.min(lookEveryMs, leftMs))
    const progress = await getCall(app, principal, id)
    if (progress instanceof Fault || progress.state === 'ended' || leftMs <= 0) {
      pause.end('ended')
      return progress
    }
    if ((await pause.over) === 'stopped') return progress
  }
}

type End = 'ended' | 'stopped' | 'over'

/** Lasts until the call ends in this process, the server stops, or the time is over. */
function startPause(app: App, callId: string, ms: number): { over: Promise<End>; end(why: End): void } {
  const { promise, resolve } = Promise.withResolvers<End>()
  const end = (why: End) => {
    app.wakes.off(endTopic(callId), onEnd)
    app.wakes.off(stopTopic, onStop)
    cancelTimer()
    resolve(why)
  }
  const onEnd = () => end('ended')
  const onStop = () => end('stopped')
  const cancelTimer = app.clock.after(Math.max(0, ms), () => end('over'))
  app.wakes.on(endTopic(callId), onEnd)
  app.wakes.on(stopTopic, onStop)
  return { over: promise, end }
}
