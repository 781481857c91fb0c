import type { IncomingMessage } from 'node:http'
import type { App } from '../app.ts'
import { clientBehind } from './client-behind.ts'

/** The address that a request came from: as the connection has it, or as a trusted proxy says. No other header is believed. */
export function clientAddress({ isTrustedProxy }: App, { socket, headers }: IncomingMessage): string {
  // An IPv4 client of a socket that listens on both (RFC 4291, 2.5.5.2).
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, '')
  const forwarded = headers['x-forwarded-for']
  return forwarded === undefined ? peer : clientBehind(peer, String(forwarded), isTrustedProxy)
}
