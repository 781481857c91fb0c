import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type Answer, refused } from './answer.ts'
import { type Api, type ApiRequest, answerApi } from './api.ts'
import { answerControl, type Control, controlPrefix } from './control.ts'
import { type Exchange, later, sendAnswer } from './exchange.ts'
import { isApplied } from './faults/fault.ts'
import { playFault } from './faults/play-fault.ts'
import { headersByName } from './request-log.ts'

const largestBodyBytes = 10 * 1024 * 1024
const nothing = Buffer.alloc(0)

export type Wiring = { api: Api; control: Control; now: () => number; latencyMs: () => number }

/** The HTTP server, not yet listening. */
export function sandboxServer(wiring: Wiring): Server {
  return createServer({ keepAliveTimeout: 75_000 }, (req, res) => {
    const exchange: Exchange = { req, res, now: wiring.now }
    const path = req.url ?? '/'
    if (path.startsWith(controlPrefix)) {
      readBody(req, body =>
        sendAnswer(
          exchange,
          answerSafely(body, ready => answerControl(wiring.control, request(req, ready))),
        ),
      )
    } else serve(wiring, exchange)
  })
}

function serve({ api, control, now, latencyMs }: Wiring, exchange: Exchange): void {
  const { req } = exchange
  const { method = 'GET', url: path = '/', rawHeaders } = req
  const fault = control.faults.take(method, path)
  const log = (headers: Record<string, string>, body: string) => {
    exchange.entry = { atMs: now(), method, path, headers, rawHeaders, body, ...(fault && { fault }) }
    control.log.add(exchange.entry)
  }
  if (fault?.kind === 'close_before_read') {
    log(headersByName(rawHeaders), '')
    playFault(exchange, fault, undefined)
    return
  }
  readBody(req, body => {
    const incoming = request(req, body ?? nothing)
    log(incoming.headers, incoming.body.toString())
    const act = () => answerSafely(body, () => answerApi(api, incoming, now()))
    if (fault) {
      const answer = isApplied(fault) ? act() : undefined
      later(exchange, latencyMs(), () => playFault(exchange, fault, answer))
    } else {
      const answer = act()
      later(exchange, latencyMs(), () => sendAnswer(exchange, answer))
    }
  })
}

const request = (req: IncomingMessage, body: Buffer): ApiRequest => ({
  method: req.method ?? 'GET',
  path: req.url ?? '/',
  headers: headersByName(req.rawHeaders),
  body,
})

/** `body` is undefined when it was too large. A mistake of ours becomes a 500, so that it cannot end the process. */
function answerSafely(body: Buffer | undefined, answer: (body: Buffer) => Answer): Answer {
  if (!body) {
    const told = refused(413, 'payload_too_large', `A body may have ${largestBodyBytes} bytes at most.`)
    return { ...told, headers: { connection: 'close' } }
  }
  try {
    return answer(body)
  } catch (error) {
    return refused(500, 'internal', String(error))
  }
}

/** Gives the whole body, or undefined when it is too large. Never calls back when the client leaves before its end. */
function readBody(req: IncomingMessage, then: (body: Buffer | undefined) => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers
  if ((length === undefined || length === '0') && encoding === undefined) {
    then(nothing)
    return
  }
  const pieces: Buffer[] = []
  let bytes = 0
  req.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes <= largestBodyBytes) pieces.push(piece)
  })
  req.on('end', () => then(bytes > largestBodyBytes ? undefined : Buffer.concat(pieces, bytes)))
}
