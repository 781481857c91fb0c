import type { Duplex } from 'node:stream'
import { STATUS_CODES } from '../../core/node-http.ts'
import type { Answer } from '../answer.ts'

/** Answers a request for a WebSocket with something else (RFC 6455, 4.2.2), and closes the connection. */
export function refuse(socket: Duplex, { status, headers, body }: Answer): void {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`)
}
