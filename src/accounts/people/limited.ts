import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { networkOf } from '../network-of.ts'
import type { Origin } from '../principal.ts'

/**
 * Runs what guessing must not pay at: sign-ins, codes, invitations. Too many faults from one address, and it is refused
 * before it is looked at.
 */
export async function limited<T>(
  { addressTries, clock }: App,
  { address }: Origin,
  attempt: () => Promise<T>,
): Promise<T | Fault> {
  const now = clock.now()
  const who = networkOf(address)
  const refused = addressTries.take(who, now)
  if (refused) return refused
  const done = await attempt()
  if (!(done instanceof Fault)) addressTries.forgive(who, now)
  return done
}
