import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { type Deadlines, type Due, nowhere } from './deadlines.ts'
import { type LossReason, lost, type WireLoss, type WireResult } from './wire.ts'

/**
 * One request and its answer on the wire, as undici's dispatch reports it. Knows whether the request may have left:
 * undici calls `onRequestStart` when a connection is there and the request is about to be written. One is made for every
 * call, so its fields are plain ones: setting up `#private` ones showed in measurements of the call path.
 */
export class Exchange implements Dispatcher.DispatchHandler, Due {
  private readonly resolve: (result: WireResult) => void
  protected readonly bytesMax: number
  endsAtMs: number
  place = nowhere
  protected readonly due: Deadlines<Exchange>
  protected controller: Dispatcher.DispatchController | undefined
  protected ended = false
  protected status = 0
  protected headers: IncomingHttpHeaders = {}
  private chunks: Buffer[] = []
  protected bytes = 0

  constructor(bytesMax: number, endsAtMs: number, due: Deadlines<Exchange>, resolve: (result: WireResult) => void) {
    this.bytesMax = bytesMax
    this.endsAtMs = endsAtMs
    this.due = due
    this.resolve = resolve
  }

  /** Ends it from our side: nobody waits for the answer any more. */
  stop(reason: LossReason, message: string): void {
    if (this.ended) return
    this.end(lost(this.controller ? 'maybe_sent' : 'not_sent', reason, message))
    this.controller?.abort(new Error(message))
  }

  /** Its time is over. */
  expire(): void {
    if (this.controller) this.stop('timeout', 'No complete answer in time.')
    else this.stop('connect_timeout', connectTimeout)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.ended) controller.abort(new Error('no longer wanted'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status
    this.headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.bytes > this.bytesMax) this.stop('too_large', `The answer is larger than ${this.bytesMax} bytes.`)
    else this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first] = this.chunks
    const body = first && this.chunks.length === 1 ? first : Buffer.concat(this.chunks)
    this.end({ kind: 'answered', status: this.status, headers: this.headers, body })
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.end(lossOf(error, this.controller !== undefined))
  }

  protected end(result: WireResult): void {
    if (this.ended) return
    this.ended = true
    this.chunks = []
    this.due.remove(this)
    this.settle(result)
  }

  protected settle(result: WireResult): void {
    this.resolve(result)
  }
}

const connectTimeout = 'The host did not accept the connection in time.'

/** What a transport error means. Our own sentences only: an error's text may quote what it choked on. */
function lossOf(error: Error, started: boolean): WireLoss {
  const code = 'code' in error ? String(error.code) : ''
  const reached = started ? 'maybe_sent' : 'not_sent'
  if (code === 'CLAWLINK_BLOCKED_ADDRESS') return lost('not_sent', 'blocked_address', error.message)
  if (code === 'ENOTFOUND') return lost(reached, 'no_host', 'The host name does not resolve.')
  if (/^EAI_/.test(code)) return lost(reached, 'dns', 'The host name could not be looked up.')
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/.test(code))
    return lost(reached, 'refused', 'The host does not accept connections.')
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || (code === 'ETIMEDOUT' && !started))
    return lost(reached, 'connect_timeout', connectTimeout)
  if (/TIMEOUT/.test(code)) return lost(reached, 'timeout', 'The answer did not come in time.')
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code))
    return lost(reached, 'tls', `A secure connection is not possible (${code}).`)
  if (code === 'UND_ERR_INVALID_ARG')
    return lost(
      'not_sent',
      'bad_request',
      'The request cannot be put on the wire: a header or the method is not valid.',
    )
  const misread = error.name === 'HTTPParserError' // undici leaves its code empty
  if (misread || /^(UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_HEADERS_OVERFLOW)/.test(code))
    return lost(reached, 'malformed', 'The answer is not valid HTTP.')
  return lost(
    reached,
    'closed',
    started ? 'The connection broke before the answer was complete.' : 'The connection could not be made.',
  )
}
