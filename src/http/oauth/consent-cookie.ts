import type { IncomingHttpHeaders } from 'node:http'

const name = 'clawlink_consent'

/** Marks the browser that a request began in, for the routes that decide about this one request and for no others. */
export function setConsentCookie(
  { cookies }: { cookies: { set(name: string, value: string, options: object): unknown } },
  { uid, browser, maxAgeMs }: { uid: string; browser: string; maxAgeMs: number },
): void {
  const path = `/api/v1/oauth/interactions/${uid}`
  cookies.set(name, browser, { path, httpOnly: true, sameSite: 'strict', maxAge: maxAgeMs, signed: false })
}

export function consentCookie({ cookie }: IncomingHttpHeaders): string | undefined {
  return cookie === undefined ? undefined : /(?:^|;\s*)clawlink_consent=([A-Za-z0-9_-]{43})(?:;|$)/.exec(cookie)?.[1]
}
