import type { IncomingMessage } from 'node:http'
import type { Origin } from '../accounts/principal.ts'
import { clientAddress } from './client-address.ts'

/** Where a request came from, for sessions, limits and the audit record. */
export function requestOrigin(incoming: IncomingMessage): Origin {
  return { address: clientAddress(incoming), client: incoming.headers['user-agent'] ?? '' }
}
