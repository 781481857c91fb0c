import type { IncomingMessage } from 'node:http'
import type { Origin } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { clientAddress } from './client-address.ts'

/** Where a request came from, for sessions, limits and the audit record. */
export function requestOrigin(app: App, incoming: IncomingMessage): Origin {
  return { address: clientAddress(app, incoming), client: incoming.headers['user-agent'] ?? '' }
}
