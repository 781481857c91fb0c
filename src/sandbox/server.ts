import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type Answer, refused } from './answer.ts'
import { type Api, type ApiRequest, answerApi } from './api.ts'
import { answerControl, type Control, controlPrefix } from './control.ts'
import { type Exchange, later, sendAnswer } from './exchange.ts'
import { isApplied } from './faults/fault.ts'
import { playFault } from './faults/play-fault.ts'
import { takeBody, takerFor } from './files/take-body.ts'
import { contentTaker } from './files/taker.ts'
import { type OAuthServer, oauthMount } from './oauth/oauth-server.ts'
import { type OddServer, oddMount } from './odd/odd-server.ts'
import { headersByName, tookEffect } from './request-log.ts'

const largestBodyBytes = 10 * 1024 * 1024
const nothing = Buffer.alloc(0)

export type Wiring = {
  api: Api
  oauth: OAuthServer
  odd: OddServer
  control: Control
  now: () => number
  latencyMs: () => number
  door: Door
}

/** How many of the next new connections are closed before anything is read of them. */
export type Door = { closing: number }

/** The HTTP server, not yet listening. */
export function sandboxServer(wiring: Wiring): Server {
  const server = createServer({ keepAliveTimeout: 75_000 }, (req, res) => {
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
  return server.on('connection', socket => {
    if (wiring.door.closing === 0) return
    wiring.door.closing--
    socket.destroy()
  })
}

function serve(wiring: Wiring, exchange: Exchange): void {
  const { control, now, latencyMs, door } = wiring
  const { req } = exchange
  const { method = 'GET', url: path = '/', rawHeaders } = req
  const fault = control.faults.take(method, path)
  const log = (headers: Record<string, string>, body: string, atMs: number, answer?: Answer) => {
    const applied = tookEffect(answer)
    exchange.entry = { atMs, method, path, headers, rawHeaders, body, applied, ...(fault && { fault }) }
    control.log.add(exchange.entry)
  }
  if (fault?.kind === 'close_before_read' || fault?.kind === 'close_on_accept') {
    if (fault.kind === 'close_on_accept') door.closing += fault.connections ?? 1
    log(headersByName(rawHeaders), '', now())
    playFault(exchange, fault, undefined)
    return
  }
  const taker = path.startsWith('/files') ? takerFor(wiring.api, request(req, nothing), now()) : undefined
  if (taker && fault?.kind === 'close_mid_upload') {
    log(headersByName(rawHeaders), '', now())
    takeBody(req, taker, () => playFault(exchange, fault, undefined), fault.bytes)
    return
  }
  const isWanted = !fault || isApplied(fault)
  const read = (then: (body: Buffer | undefined) => void) =>
    taker ? takeBody(req, isWanted ? taker : contentTaker(), () => then(nothing)) : readBody(req, then)
  read(body => {
    const incoming = { ...request(req, body ?? nothing), ...(taker && isWanted && { taken: taker.end() }) }
    const atMs = now()
    const give = (answer: Answer | undefined) => {
      log(incoming.headers, incoming.body.toString(), atMs, answer)
      later(exchange, latencyMs(), () => {
        if (fault) playFault(exchange, fault, answer)
        else if (answer) sendAnswer(exchange, answer)
      })
    }
    if (fault && !isApplied(fault)) give(undefined)
    else if (body && isBelow(path, oauthMount)) void answerOAuth(wiring, incoming).then(give)
    else give(answerSafely(body, () => answerAtOnce(wiring, incoming)))
  })
}

const isBelow = (path: string, mount: string) => path.startsWith(`${mount}/`)

function answerAtOnce({ api, odd, now }: Wiring, request: ApiRequest): Answer {
  return isBelow(request.path, oddMount) ? odd.answer(request, now()) : answerApi(api, request, now())
}

function answerOAuth({ api, oauth }: Wiring, request: ApiRequest): Promise<Answer> {
  return oauth.answer(request, api.baseUrl).catch(brokenDown)
}

const brokenDown = (cause: unknown): Answer => refused(500, 'internal', String(cause))

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
  } catch (cause) {
    return brokenDown(cause)
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
