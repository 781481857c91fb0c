import type { IncomingMessage } from 'node:http'

/** The address that a request came from, as the connection has it: no header is believed. */
export function clientAddress({ socket }: IncomingMessage): string {
  // An IPv4 client of a socket that listens on both (RFC 4291, 2.5.5.2).
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, '')
}
