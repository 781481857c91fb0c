import type { IncomingMessage } from 'node:http'
import type { App } from '../app.ts'
import { finishAuthorize } from '../connections/sessions/finish-authorize.ts'
import { Fault } from '../core/errors.ts'
import { plainHeaders } from './answer.ts'
import { clientAddress } from './client-address.ts'
import { requirePrincipal } from './require-principal.ts'

/**
 * `GET /connect/callback`: where every provider sends a browser back to. Whatever came of it is told by the page of the
 * session, in the database and not in the URL, so the code and all else that the provider sent is left behind here.
 */
export async function connectCallback(app: App, incoming: IncomingMessage): Promise<Response> {
  const asking = await requirePrincipal(app, 'open', incoming)
  const person = asking && 'sessionId' in asking ? asking : undefined
  const [, search = ''] = /\?(.*)$/s.exec(incoming.url ?? '') ?? []
  const done = await finishAuthorize(app, person, { search, address: clientAddress(app, incoming) })
  const page = done instanceof Fault ? 'unknown' : done.id
  const location = `${app.url()}/connect/${page}`
  return new Response(null, { status: 303, headers: { ...plainHeaders, location, 'referrer-policy': 'no-referrer' } })
}
