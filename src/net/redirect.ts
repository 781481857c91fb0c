import { lost, type WireAnswer, type WireLoss, type WireRequest } from './wire.ts'

/**
 * What a redirect asks for next (RFC 9110, 15.4), or a loss when it is not followed, or undefined when it is none.
 * Only reads go where a redirect points; a write follows it only by 307 and 308 to the same origin, where the server says
 * that it did not act. What was streamed is not streamed
 * anywhere again. Credentials never leave their origin, and a secure origin is never left for an insecure one.
 */
export function followRedirect(request: WireRequest, answer: WireAnswer): WireRequest | WireLoss | undefined {
  const { location } = answer.headers
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return undefined
  const from = new URL(request.url)
  const to = URL.parse(location, from)
  const refuse = (why: string) => lost('maybe_sent', 'redirect', `The provider redirects ${why}.`)
  if (!to || !/^https?:$/.test(to.protocol)) return refuse('to something that is not a web address')
  if (from.protocol === 'https:' && to.protocol !== 'https:') return refuse('from a secure address to an insecure one')
  const sameOrigin = to.origin === from.origin
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const mayRepeat = sameOrigin && typeof request.body !== 'object' && (answer.status === 307 || answer.status === 308)
  if (!reads && !mayRepeat) {
    return refuse(`a ${request.method} request, which is not followed`)
  }
  to.hash = ''
  to.username = ''
  to.password = ''
  // Many servers repeat in a redirect what they were asked with: a secret among it goes no further by that either.
  for (const name in request.credentialQuery) if (to.searchParams.has(name)) to.searchParams.delete(name)
  if (sameOrigin) return { ...request, url: to.href }
  const { credentialQuery, certificate, inside, ...rest } = request
  return { ...rest, url: to.href, credential: {} }
}
