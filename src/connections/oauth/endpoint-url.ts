import { fillUrl } from '../../catalog/fill-url.ts'
import { Fault } from '../../core/errors.ts'
import { isAllowedHost } from '../../net/address-policy.ts'
import type { Engine, OAuthContext } from './client.ts'

/**
 * The URL of an endpoint that gets secrets. It is a secure one (RFC 6749, 3.2), or one of this machine or of a host that an
 * owner allowed; whether that host may be reached at all is decided where the connection is made.
 */
export function endpointUrl(
  { config }: Pick<Engine, 'config'>,
  { provider, values }: Pick<OAuthContext, 'provider' | 'values'>,
  template: string,
): string | Fault {
  const { name, hosts } = provider.connector
  const filled = fillUrl(template, values, hosts)
  if (typeof filled !== 'string') {
    return new Fault('validation_error', `${name} cannot be asked: ${filled.field} ${filled.problem}.`, {
      invalidFields: [filled],
    })
  }
  const url = URL.parse(filled)
  const allowed = [...config.outboundAllow, ...Object.values(config.baseUrls).map(base => new URL(base).host)]
  const secure =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && (isOwn(url) || isAllowedHost(url, allowed)))
  if (!url || !secure || url.username || url.password) {
    return new Fault('validation_error', `${name} cannot be asked: its address is not a secure one (https).`)
  }
  url.hash = ''
  return url.href
}

const isOwn = ({ hostname }: URL): boolean => /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(hostname)
