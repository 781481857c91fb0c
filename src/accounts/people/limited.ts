import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Origin } from '../principal.ts'

/**
 * Runs what guessing must not pay at: sign-ins, codes, invitations. Too many faults from one address, and it is refused
 * before it is looked at. Counted as a fault until it is none, so that tries at once are no more than tries in a row.
 */
export async function limited<T>(
  { addressTries, clock }: App,
  { address }: Origin,
  attempt: () => Promise<T>,
): Promise<T | Fault> {
  const now = clock.now()
  const who = networkOf(address)
  const refused = addressTries.refusal(who, now)
  if (refused) return refused
  addressTries.failed(who, now)
  const done = await attempt()
  if (!(done instanceof Fault)) addressTries.forgive(who, now)
  return done
}

/** An IPv4 address, or the 64 bits of an IPv6 address that its holder cannot change at will (RFC 6177). Pure. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const after = tail === undefined ? [] : tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0')
  return [...groups, ...zeros, ...after].slice(0, 4).join(':')
}
