import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { lookUntil } from '../core/look-until.ts'
import { type CallProgress, getCall } from './get-call.ts'
import { endTopic } from './parked.ts'

/** How far a call is, as soon as it has ended, or after `waitMs` at the latest. A stop of the server ends the waiting. */
export function awaitCall(
  app: App,
  principal: Principal,
  { id, waitMs }: { id: string; waitMs: number },
): Promise<CallProgress | Fault> {
  const done = (seen: CallProgress | Fault) => seen instanceof Fault || seen.state === 'ended'
  return lookUntil(app, { topic: endTopic(id), waitMs, done }, () => getCall(app, principal, id))
}
