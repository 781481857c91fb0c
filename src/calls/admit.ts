import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { ReadyCall } from './call.ts'
import type { PaceHeld } from './pace/waiting.ts'
import type { Turn } from './queued-fault.ts'

/** How long a worker waits for the turn of a request before it puts it off: it has other jobs to do meanwhile. */
export const workerWaitMs = 2_000

/** Why a request is not sent now: a fault, or that its turn comes later than somebody would wait for it. */
export type Held = Fault | Turn

/**
 * Whether one request may be sent to the account now: not while its provider is down, and in its turn. It waits for that up
 * to `waitMs`. Nearly all get undefined, without a promise.
 */
export function admit(app: App, ready: ReadyCall, waitMs: number): undefined | Held | Promise<Held | undefined> {
  const open = app.breakers.refusal(ready, app.clock.now())
  if (open) return open
  const waiting = app.pacer.take(ready, { maxMs: waitMs, caller: ready.call.request.caller })
  if (waiting) return waiting.then(held => (held ? notYet(app, held) : app.breakers.admit(ready, app.clock.now())))
  return app.breakers.admit(ready, app.clock.now())
}

/** The same where nothing can be put off any more: in the middle of a call. */
export async function admitNow(app: App, ready: ReadyCall, waitMs: number): Promise<Fault | undefined> {
  const held = await admit(app, ready, waitMs)
  if (!held || held instanceof Fault) return held
  const name = ready.tool.provider.connector.name
  return new Fault('rate_limited', `The rate limit of ${name} for ${ready.connection.label} is used up just now.`, {
    retryAfterMs: Math.max(0, held.runAt - app.clock.now()),
  })
}

function notYet(app: App, held: PaceHeld): Held {
  if (held.kind === 'gone')
    return new Fault('canceled', 'Nobody was waiting for this call any more, so it was not sent.')
  return { runAt: app.clock.now() + held.waitMs, position: held.position + 1 }
}
