import { keyEndedMeanwhile } from '../accounts/key-lasts.ts'
import { idOf, type Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { type Waiting, waitUntil } from '../core/wait-until.ts'
import { type CallProgress, getCall } from './get-call.ts'
import { endTopic } from './parked.ts'

/**
 * How far a call is, as soon as it has ended, or after `waitMs` at the latest. A stop of the server ends the waiting.
 * `onChange` hears of each change on the way there, and of how it stands at first. A key that ends meanwhile hears nothing
 * more and gets no answer; whose session it is that waits, its own edge looks after. A fault, too, when this principal waits
 * at too many places already.
 */
export function awaitCall(
  app: App,
  principal: Principal,
  {
    id,
    onChange,
    ...waiting
  }: Waiting & { id: string; onChange?: ((seen: CallProgress) => void | Promise<void>) | undefined },
): Promise<CallProgress | Fault> {
  let told = ''
  const ended = keyEndedMeanwhile(app, principal)
  const done = (seen: CallProgress | Fault) => seen instanceof Fault || seen.state === 'ended'
  return waitUntil(app, { ...waiting, who: idOf(principal), topic: endTopic(id), done }, async () => {
    const seen = await getCall(app, principal, id)
    const refused = await ended()
    if (refused) return refused
    const { state, queue, progress } = Object(seen)
    const now = JSON.stringify([state, queue?.position, progress])
    if (onChange && !(seen instanceof Fault) && now !== told) await onChange(seen)
    told = now
    return seen
  })
}
