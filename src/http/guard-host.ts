import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { Config } from '../core/config.ts'
import { Fault } from '../core/errors.ts'

/**
 * Finds requests that a foreign web page made a browser send: a Host that is not one of ours (DNS rebinding), an Origin
 * that is not one of ours. IP addresses are fine as Host: a rebound name is never one.
 */
export function guardHost(config: Config): (headers: IncomingHttpHeaders) => Fault | undefined {
  const publicHost = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname]
  const ours = new Set(['localhost', config.host, ...publicHost, ...config.allowedHosts])
  const isOurs = (host: string) => ours.has(host) || isIP(host.replace(/^\[|\]$/g, '')) !== 0

  return ({ host = '', origin }) => {
    if (!isOurs(host.replace(/:\d*$/, '').toLowerCase())) {
      return new Fault('forbidden', 'This host name is not one of ClawLink’s.', {
        fix: 'Use the address it listens on, or add the name to CLAWLINK_ALLOWED_HOSTS.',
      })
    }
    if (origin !== undefined && !isOurs(URL.parse(origin)?.hostname ?? '')) {
      return new Fault('forbidden', 'Requests from this web origin are not accepted.', {
        fix: 'Call ClawLink from a program, not from another site’s page.',
      })
    }
    return undefined
  }
}
