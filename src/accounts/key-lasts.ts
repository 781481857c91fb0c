import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { admitted, knownKey, refusal } from './authenticate.ts'
import type { AgentPrincipal, Principal } from './principal.ts'

/**
 * Why the key with which somebody has asked holds no longer, if so, for what goes on for long. Whoever sits at the command
 * line has none.
 */
export async function keyEnded({ db, clock }: App, { keyId }: AgentPrincipal): Promise<Fault | undefined> {
  if (keyId === '') return undefined
  const row = await db.read.selectFrom('keys').selectAll().where('id', '=', keyId).executeTakeFirst()
  const found = row ? admitted(knownKey(row), clock.now()) : refusal('gone')
  return found instanceof Fault ? found : undefined
}

/**
 * The same at each look of somebody who waits, but for the first: then the key has just been found to hold. Whose session it is
 * that waits, its own edge looks after.
 */
export function keyEndedMeanwhile(app: App, principal: Principal): () => Promise<Fault | undefined> {
  let isFirst = true
  return async () => {
    const refused = isFirst || principal.kind !== 'agent' ? undefined : await keyEnded(app, principal)
    isFirst = false
    return refused
  }
}

/** Whether that key still holds. */
export async function keyLasts(app: App, principal: AgentPrincipal): Promise<boolean> {
  return (await keyEnded(app, principal)) === undefined
}
