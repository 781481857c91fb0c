import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Clock } from '../core/clock.ts'
import type { Deadlines } from './deadlines.ts'
import { decodeStream } from './decode-body.ts'
import { Exchange } from './exchange.ts'
import { Inlet } from './inlet.ts'
import type { BodySource, Sink, WireResult } from './wire.ts'

/** `idleMs`: it is over when nothing moves for so long; `endsAtMs`: whatever moves, then. */
export type Transfer = { clock: Clock; idleMs: number; endsAtMs: number; sink: Sink | undefined }

/**
 * One request and its answer, where either is as large as a file: written and read piece by piece, each side no faster than
 * the other takes it. Only the body of a good answer (2xx) goes into the sink; any other is read as every answer is.
 */
export class StreamedExchange extends Exchange {
  private readonly transfer: Transfer
  private inlet: Inlet | undefined
  private sinking: Promise<void> | undefined
  private complete = false

  constructor(bytesMax: number, transfer: Transfer, due: Deadlines<Exchange>, resolve: (result: WireResult) => void) {
    super(bytesMax, Math.min(transfer.clock.now() + transfer.idleMs, transfer.endsAtMs), due, resolve)
    this.transfer = transfer
  }

  /** The body as it is written: each piece that is taken shows that the request still moves. Null for an empty one. */
  outgoing(source: BodySource): Readable | null {
    if (source.bytes === 0) return null
    return Readable.from(this.moving(source.open()), { objectMode: false })
  }

  override onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    super.onResponseStart(controller, status, headers)
    this.moved()
    const { sink } = this.transfer
    if (!sink || this.ended || status < 200 || status >= 300) return
    this.inlet = new Inlet(controller)
    const content = decodeStream(headers['content-encoding'], this.moving(this.inlet))
    if (!content) {
      this.stop('malformed', 'The answer has a content coding that was not asked for.')
      return
    }
    this.sinking = sink.take(headers, limited(content, sink.bytesMax)).then(
      value => this.taken(value),
      cause => this.notTaken(cause),
    )
  }

  override onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.moved()
    if (this.inlet) {
      this.bytes += chunk.length
      if (!this.ended) this.inlet.push(chunk)
    } else super.onResponseData(controller, chunk)
  }

  override onResponseEnd(): void {
    this.complete = true
    if (this.inlet) {
      // What is left to do is the sink's, and no provider's time.
      this.due.remove(this)
      this.inlet.end()
    } else super.onResponseEnd()
  }

  /** A loss is told when nothing is left of what came before it. */
  protected override settle(result: WireResult): void {
    if (result.kind === 'lost') this.inlet?.fail(new Error(result.message))
    if (result.kind === 'lost' && this.sinking) void this.sinking.then(() => super.settle(result))
    else super.settle(result)
  }

  private taken(value: unknown): void {
    const { status, headers, bytes } = this
    this.end({ kind: 'answered', status, headers, body: Buffer.alloc(0), sunk: { bytes, value } })
    if (!this.complete) this.controller?.abort(new Error('the rest is not wanted'))
  }

  private notTaken(cause: unknown): void {
    const misread = cause instanceof Error && 'code' in cause && /^(Z_|ERR_.*BROTLI)/.test(String(cause.code))
    if (cause instanceof TooMuch) this.stop('too_large', cause.message)
    else if (misread) this.stop('malformed', 'The answer cannot be unpacked.')
    else this.stop('unkept', 'The answer could not be stored.')
  }

  private moved(): void {
    this.endsAtMs = Math.min(this.transfer.clock.now() + this.transfer.idleMs, this.transfer.endsAtMs)
  }

  private async *moving<T extends Uint8Array>(pieces: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const piece of pieces) {
      this.moved()
      yield piece
    }
  }
}

class TooMuch extends Error {}

/** Counts what the content unpacks to. */
async function* limited(content: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const piece of content) {
    bytes += piece.length
    if (bytes > bytesMax) throw new TooMuch(`The answer is larger than ${bytesMax} bytes.`)
    yield piece
  }
}
