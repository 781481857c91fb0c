import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { Answer, AnswerHeaders } from './answer.ts'
import type { LoggedRequest } from './request-log.ts'

/** One request on the wire and what goes back. */
export type Exchange = {
  req: IncomingMessage
  res: ServerResponse
  /** Absent for the routes under `/_sandbox`. */
  entry?: LoggedRequest
  now: () => number
}

/** Sends status and headers. `date` follows the sandbox's clock, so that a moved clock shows as one. */
export function sendHead({ res, entry, now }: Exchange, status: number, headers: AnswerHeaders): void {
  if (entry) entry.status = status
  res.writeHead(status, { date: new Date(now()).toUTCString(), ...headers })
}

/** Sends a whole answer, with its length. */
export function sendText(exchange: Exchange, status: number, headers: AnswerHeaders, text: string | Buffer): void {
  sendHead(exchange, status, { ...headers, 'content-length': String(Buffer.byteLength(text)) })
  exchange.res.end(text)
}

export function sendAnswer(exchange: Exchange, { status, headers, body, text, content }: Answer): void {
  if (content) {
    sendHead(exchange, status, { ...headers, 'content-length': String(content.bytes) })
    pipeline(Readable.from(content.pieces(), { objectMode: false }), exchange.res, () => {}) // the client may hang up
    return
  }
  if (text !== undefined) {
    sendText(exchange, status, headers ?? {}, text)
    return
  }
  if (body !== undefined) {
    sendText(exchange, status, { ...jsonType, ...headers }, JSON.stringify(body))
    return
  }
  sendHead(exchange, status, headers ?? {})
  exchange.res.end()
}

export const jsonType = { 'content-type': 'application/json; charset=utf-8' }

/** Does something `ms` later, unless the connection has ended by then. At once when `ms` is 0. */
export function later({ res }: Exchange, ms: number, act: () => void): void {
  if (ms <= 0) {
    act()
    return
  }
  const timer = setTimeout(act, ms)
  res.once('close', () => clearTimeout(timer))
}
