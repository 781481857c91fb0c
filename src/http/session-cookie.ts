import type { IncomingHttpHeaders } from 'node:http'
import type { Secret } from '../core/secret.ts'

const name = 'clawlink_session'

/** The session token that a browser sent, if any. */
export function sessionCookie({ cookie }: IncomingHttpHeaders): string | undefined {
  return cookie === undefined ? undefined : /(?:^|;\s*)clawlink_session=([^;\s]+)/.exec(cookie)?.[1]
}

/**
 * The `Set-Cookie` of a new session (RFC 6265bis). `Lax`, so that a link in a chat opens signed in; unsafe requests are
 * held by the Origin check. Scripts cannot read it.
 */
export function setSessionCookie(token: Secret, { secure, maxAgeMs }: { secure: boolean; maxAgeMs: number }): string {
  const maxAge = Math.floor(maxAgeMs / 1000)
  return `${name}=${token.reveal()}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure ? '; Secure' : ''}`
}

export function clearSessionCookie({ secure }: { secure: boolean }): string {
  return `${name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secure ? '; Secure' : ''}`
}
