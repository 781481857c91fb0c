import { keyEnded } from '../accounts/key-lasts.ts'
import type { App } from '../app.ts'
import type { ProviderRequest } from '../catalog/request.ts'
import { Fault } from '../core/errors.ts'
import { admitNow } from './admit.ts'
import { type Attempt, attempt } from './attempt.ts'
import type { ReadyCall } from './call.ts'
import { decide, type End, mayHaveHappened } from './decide.ts'
import { pause } from './pause.ts'
import { beginPause, endPause } from './paused.ts'

/** The last attempt of a call with the count of all of them, and how the call ends by it. */
export type Tried = Attempt & { end: End }

/**
 * Tries until there is an answer to give. All of it takes no longer than `callTimeoutMs`, and the request is the same each
 * time, so that the provider knows it by its own key. It ends early when nobody waits for the answer any more, when the
 * server stops, when the account is to be left alone, and when somebody ended the call, or the key of it, in a pause. The first
 * of them has been admitted; each further one is here.
 */
export async function attempts(app: App, ready: ReadyCall, request: ProviderRequest): Promise<Tried> {
  const { clock, config, random } = app
  const limitMs = config.callTimeoutMs
  const startedAt = clock.now()
  let inDoubt = ready.call.resumed?.mayHaveBeenSent ?? false
  let last = await attempt(app, ready, request)
  for (let count = 1; ; count++) {
    const { classified, effort } = last
    const now = clock.now()
    app.breakers.learn(ready, classified, now)
    const standing = { attempts: count, inDoubt, usedMs: now - startedAt, limitMs, random }
    const next = decide(ready.tool, classified, standing)
    if (next.do === 'end') return { classified, effort, end: next.end }

    await beginPause(app, ready.call, { otherwise: next.otherwise, effort })
    const goesOn = await pause(app, next.afterMs, ready.call.request.caller)
    const held = goesOn ? await heldBack(app, ready, startedAt + limitMs - clock.now()) : undefined
    const timeoutMs = startedAt + limitMs - clock.now()
    if (!goesOn || held || timeoutMs <= 0 || !(await endPause(app, ready.call)))
      return { classified: held ? leftAlone(last, held) : classified, effort, end: next.otherwise }
    inDoubt ||= mayHaveHappened(classified)
    const { effort: more, classified: came } = await attempt(app, ready, { ...request, timeoutMs })
    last = { classified: came, effort: { ...more, attempts: effort.attempts + more.attempts } }
  }
}

/** Why there is no further attempt, if so: the account is to be left alone, or the key has ended in the pause. */
async function heldBack(app: App, ready: ReadyCall, waitMs: number): Promise<Fault | undefined> {
  return (await admitNow(app, ready, waitMs)) ?? (await keyEnded(app, ready.call.principal))
}

/** What the provider said last, with the time for which the account is left alone by now. */
function leftAlone({ classified }: Attempt, { details: { retryAfterMs } }: Fault): Attempt['classified'] {
  if (classified.ok || retryAfterMs === undefined) return classified
  const { code, message, details } = classified.fault
  return { ...classified, fault: new Fault(code, message, { ...details, retryAfterMs }) }
}
