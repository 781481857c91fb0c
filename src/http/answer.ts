import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** What every route of ours answers with: a value, written to the wire in one place. */
export type Answer = { status: number; headers: Record<string, string>; body: string }

/** On every answer: nothing here is to be cached, sniffed or framed. */
export const plainHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
export const jsonHeaders = { 'content-type': 'application/json; charset=utf-8', ...plainHeaders }

export function json(value: unknown, status = 200): Answer {
  return jsonText(JSON.stringify(value), status)
}

/** `body` is JSON already. */
export function jsonText(body: string, status = 200): Answer {
  return { status, headers: jsonHeaders, body }
}

/** Writes an answer, or a web response as it streams. */
export function writeAnswer(outgoing: ServerResponse, answer: Answer | Response): void {
  if (isResponse(answer)) writeResponse(outgoing, answer)
  else {
    const { status, headers, body } = answer
    const bytes = Buffer.byteLength(body)
    outgoing.writeHead(status, { ...headers, 'content-length': bytes })
    // As many bytes as characters: all ASCII, and then the cheaper encoding gives the same bytes in one write.
    outgoing.end(body, bytes === body.length ? 'latin1' : 'utf8')
  }
}

/** Whether this is a web response. Its name tells: to ask for the class would load Node's own `fetch`. */
export function isResponse(answer: unknown): answer is Response {
  return Object.prototype.toString.call(answer) === '[object Response]'
}

function writeResponse(outgoing: ServerResponse, response: Response): void {
  // What is about this one connection is for node:http to say.
  const headers: OutgoingHttpHeaders = Object.fromEntries(
    [...response.headers].filter(([name]) => name !== 'connection'),
  )
  outgoing.writeHead(response.status, { ...plainHeaders, ...headers })
  if (!response.body) outgoing.end()
  // A client that goes away ends the stream; there is nobody left to tell.
  else pipeline(Readable.fromWeb(response.body), outgoing).catch(() => outgoing.destroy())
}

/** The same answer for the router. */
export function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers })
}
