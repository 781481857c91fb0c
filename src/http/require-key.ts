import type { IncomingHttpHeaders } from 'node:http'
import { authenticate } from '../accounts/authenticate.ts'
import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { Fault } from '../core/errors.ts'

/** The principal of the key in `Authorization: Bearer …` or `X-ClawLink-API-Key`. */
export function requireKey(
  app: App,
  headers: IncomingHttpHeaders,
): AgentPrincipal | Fault | Promise<AgentPrincipal | Fault> {
  return authenticate(app, sentKey(headers))
}

/** The key as it was sent, or undefined. Never looked for in a URL. */
export function sentKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = headers.authorization
  if (bearer !== undefined && /^bearer /i.test(bearer)) return bearer.slice(7).trim()
  const own = headers['x-clawlink-api-key']
  return typeof own === 'string' ? own.trim() : undefined
}
