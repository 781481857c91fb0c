import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { Config } from '../core/config.ts'
import { Fault } from '../core/errors.ts'

/**
 * Finds requests that a foreign web page made a browser send: a Host that is not one of ours (DNS rebinding), an Origin
 * that is not one of ours. IP addresses are fine as Host: a rebound name is never one. As Origin only the one asked is.
 */
export function guardHost(config: Config): (headers: IncomingHttpHeaders) => Fault | undefined {
  const publicHost = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname]
  const ours = new Set(['localhost', '127.0.0.1', '[::1]', config.host, ...publicHost, ...config.allowedHosts])
  const isAddress = (host: string) => isIP(host.replace(/^\[|\]$/g, '')) !== 0

  // Nearly every request of a client says the same as the one before it.
  let last: string | undefined
  return ({ host = '', origin }) => {
    if (host === last && origin === undefined) return undefined
    const asked = host.replace(/:\d*$/, '').toLowerCase()
    if (!ours.has(asked) && !isAddress(asked)) {
      return new Fault('forbidden', 'This host name is not one of ClawLink’s.', {
        fix: 'Use the address it listens on, or add the name to CLAWLINK_ALLOWED_HOSTS.',
      })
    }
    const from = origin === undefined ? asked : (URL.parse(origin)?.hostname ?? '')
    if (!ours.has(from) && from !== asked) {
      return new Fault('forbidden', 'Requests from this web origin are not accepted.', {
        fix: 'Call ClawLink from a program, not from another site’s page.',
      })
    }
    last = host
    return undefined
  }
}
