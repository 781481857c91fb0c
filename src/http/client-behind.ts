import { isIPv6 } from 'node:net'
import { plainAddress } from '../core/ip-address.ts'

/**
 * Whom the proxies speak for: each adds to the end of `X-Forwarded-For` the address that asked it. So it is read from the end,
 * and as far as the one who added an entry is trusted; before that anybody may have written anything.
 */
export function clientBehind(peer: string, forwarded: string, isTrusted: (address: string) => boolean): string {
  let client = peer
  for (const entry of forwarded.split(',').reverse()) {
    const asked = isTrusted(client) ? addressIn(entry.trim()) : undefined
    if (asked === undefined) break
    client = asked
  }
  return client
}

/** The address of an entry, without the port that some proxies write. */
function addressIn(entry: string): string | undefined {
  const inBrackets = /^\[(.*)\](?::\d{1,5})?$/.exec(entry)?.[1]
  if (inBrackets !== undefined) return isIPv6(inBrackets) ? plainAddress(inBrackets) : undefined
  return plainAddress(entry.replace(/^([\d.]+):\d{1,5}$/, '$1'))
}
