import type { Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Answer, AnswerHeaders } from '../answer.ts'
import { type Exchange, jsonType, later, sendAnswer, sendHead, sendText } from '../exchange.ts'
import type { Fault } from './fault.ts'

const page = `<!doctype html>
<html lang="en"><head><title>We'll be back soon</title></head>
<body><h1>We'll be back soon</h1><p>The service is being maintained.</p></body></html>
`

/**
 * Does at the wire what the fault says. `answer` is what the API answered, undefined when the request was not
 * applied.
 */
export function playFault(exchange: Exchange, fault: Fault, answer: Answer | undefined): void {
  const { req, res } = exchange
  switch (fault.kind) {
    case 'status':
      sendStatus(exchange, fault)
      break
    case 'rate_limit':
      sendRateLimit(exchange, fault)
      break
    case 'slow':
      later(exchange, fault.ms, () => sendAnswer(exchange, answer ?? success))
      break
    case 'hang':
      break
    case 'hang_after_headers':
      hangAfterHeaders(exchange, answer)
      break
    case 'drip':
      drip(exchange, fault.everyMs ?? 100, fault.bytes ?? 1)
      break
    case 'redirect':
      sendText(exchange, fault.status ?? 302, { location: fault.location }, '')
      break
    case 'html':
      sendText(exchange, fault.status ?? 200, { 'content-type': 'text/html; charset=utf-8' }, page)
      break
    case 'ok_error':
      sendAnswer(exchange, { status: 200, body: { ok: false, error: fault.error ?? 'internal_error' } })
      break
    case 'close_before_read':
      hangUp(req.socket, fault.reset)
      break
    case 'close_mid_upload':
    case 'close_on_accept':
    case 'close_after_read':
      req.socket.destroy()
      break
    case 'close_mid_headers':
      closeMidHeaders(exchange, fault.reset)
      break
    case 'close_mid_body':
      closeMidBody(exchange, answer, fault.chunked ?? false)
      break
    case 'wrong_length':
      wrongLength(exchange, answer, fault.by)
      break
    case 'reset':
      hangUp(req.socket, true)
      break
    case 'huge':
      sendHead(exchange, 200, { ...jsonType, 'content-length': String(Math.max(fault.bytes, emptyFiller)) })
      pipeline(Readable.from(filler(fault.bytes)), res, clientLeft)
      break
    case 'gzip_bomb':
      sendHead(exchange, 200, { ...jsonType, 'content-encoding': 'gzip' })
      pipeline(Readable.from(filler(fault.bytes)), createGzip(), res, clientLeft)
      break
    case 'invalid_json':
      sendText(exchange, 200, jsonType, '{"id":"msg_1","subject":"Re: the off')
      break
    case 'wrong_charset':
      sendText(exchange, 200, jsonType, Buffer.from('{"name":"Zoë Müller","city":"Málaga"}', 'latin1'))
  }
}

const success: Answer = { status: 200, body: { ok: true } }

/** An answer that has a body to break off: a 204 has none. */
function withBody(answer: Answer | undefined): { status: number; headers: AnswerHeaders; text: string } {
  if (answer?.text) return { headers: {}, ...answer, text: answer.text }
  const { status, headers, body } = answer?.body === undefined ? success : answer
  return { status, headers: { ...jsonType, ...headers }, text: JSON.stringify(body) }
}

function sendStatus(exchange: Exchange, fault: Extract<Fault, { kind: 'status' }>): void {
  const { status, body } = fault
  // Lower case, so that a scripted header replaces ours instead of coming beside it.
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers[name.toLowerCase()] = value
  if (typeof body === 'string') {
    sendText(exchange, status, { ...jsonType, ...headers }, body)
    return
  }
  const empty = status === 204 || status === 304
  const told = { error: { code: `status_${status}`, message: `The sandbox was asked to answer ${status}.` } }
  sendAnswer(exchange, { status, headers, ...(!empty && { body: body ?? told }) })
}

function sendRateLimit(exchange: Exchange, fault: Extract<Fault, { kind: 'rate_limit' }>): void {
  const headers: Record<string, string> = {}
  if (fault.retryAfter !== undefined) headers['retry-after'] = String(fault.retryAfter)
  if (fault.limit !== undefined) headers['x-ratelimit-limit'] = String(fault.limit)
  if (fault.remaining !== undefined) headers['x-ratelimit-remaining'] = String(fault.remaining)
  if (fault.resetEpochS !== undefined) headers['x-ratelimit-reset'] = String(fault.resetEpochS)
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers[name.toLowerCase()] = value
  sendAnswer(exchange, {
    status: 429,
    headers,
    body: { error: { code: 'rate_limited', message: 'Too many requests.' } },
  })
}

function hangAfterHeaders(exchange: Exchange, answer: Answer | undefined): void {
  const { status, headers, text } = withBody(answer)
  sendHead(exchange, status, { ...headers, 'content-length': String(Buffer.byteLength(text)) })
  exchange.res.flushHeaders()
}

function closeMidBody(exchange: Exchange, answer: Answer | undefined, chunked: boolean): void {
  const { res, req } = exchange
  if (answer?.content) {
    const { content, headers = {} } = answer
    sendHead(exchange, answer.status, chunked ? headers : { ...headers, 'content-length': String(content.bytes) })
    const half = Readable.from(upTo(content.pieces(), Math.ceil(content.bytes / 2)), { objectMode: false })
    half.on('end', () => req.socket.destroySoon()).pipe(res, { end: false })
    return
  }
  const { status, headers, text } = withBody(answer)
  const bytes = Buffer.from(text)
  sendHead(exchange, status, chunked ? headers : { ...headers, 'content-length': String(bytes.length) })
  res.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => req.socket.destroy())
}

/** Written past Node's own writer of answers, which sends whole headers only. The status is on the wire, so it is logged. */
function closeMidHeaders({ req, entry }: Exchange, reset: boolean | undefined): void {
  if (entry) entry.status = 200
  req.socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/js', () => hangUp(req.socket, reset))
}

/** The connection ends afterwards, since nobody could tell where the next answer begins. */
function wrongLength(exchange: Exchange, answer: Answer | undefined, by: number): void {
  const { status, headers, text } = withBody(answer)
  const length = Math.max(0, Buffer.byteLength(text) + by)
  sendHead(exchange, status, { ...headers, connection: 'close', 'content-length': String(length) })
  exchange.res.end(text, () => exchange.req.socket.destroySoon())
}

function hangUp(socket: Socket, reset = false): void {
  if (reset) socket.resetAndDestroy()
  else socket.destroy()
}

function drip(exchange: Exchange, everyMs: number, bytes: number): void {
  const { res } = exchange
  sendHead(exchange, 200, jsonType)
  res.write('{"drip":"')
  const timer = setInterval(() => res.write('.'.repeat(bytes)), everyMs)
  res.once('close', () => clearInterval(timer))
}

function* upTo(pieces: Iterable<Buffer>, bytes: number): Generator<Buffer> {
  let left = bytes
  for (const piece of pieces) {
    yield piece.subarray(0, left)
    left -= piece.length
    if (left <= 0) return
  }
}

const emptyFiller = '{"filler":""}'.length

/** JSON of `bytes` bytes, in pieces. */
function* filler(bytes: number): Generator<string> {
  yield '{"filler":"'
  const piece = 'x'.repeat(64 * 1024)
  for (let left = bytes - emptyFiller; left > 0; left -= piece.length)
    yield left < piece.length ? piece.slice(0, left) : piece
  yield '"}'
}

/** The client may hang up while a long body is on its way; there is no one left to tell. */
const clientLeft = () => {}
