import type { IncomingMessage } from 'node:http'
import type { App } from '../app.ts'
import { unmapped } from '../core/ip-address.ts'
import { clientBehind } from './client-behind.ts'

/** The address that a request came from: as the connection has it, or as a trusted proxy says. No other header is believed. */
export function clientAddress({ isTrustedProxy }: App, { socket, headers }: IncomingMessage): string {
  const peer = unmapped(socket.remoteAddress ?? '')
  const forwarded = headers['x-forwarded-for']
  return forwarded === undefined ? peer : clientBehind(peer, String(forwarded), isTrustedProxy)
}
