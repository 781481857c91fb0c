import type { IncomingHttpHeaders } from 'node:http'
import { authenticate } from '../accounts/authenticate.ts'
import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { Fault } from '../core/errors.ts'

/** The principal of the key in `Authorization: Bearer …` or `X-ClawLink-API-Key`. */
export function requireKey(app: App, headers: IncomingHttpHeaders): Principal | Fault | Promise<Principal | Fault> {
  const bearer = headers.authorization
  const own = headers['x-clawlink-api-key']
  if (bearer !== undefined && /^bearer /i.test(bearer)) return authenticate(app, bearer.slice(7).trim())
  return authenticate(app, typeof own === 'string' ? own.trim() : undefined)
}
