/** What stops and lets go on whoever gives the pieces. */
export type Tap = { pause(): void; resume(): void }

/** Pieces of more bytes than this are not taken in ahead of whoever reads them. */
const aheadBytes = 512 * 1024

/** Content that comes in as events and goes out as an iterable, with no more in memory than a few pieces. Read once. */
export class Inlet implements AsyncIterable<Buffer> {
  private readonly tap: Tap
  private pieces: Buffer[] = []
  private bytes = 0
  private state: 'open' | 'ended' | { failed: Error } = 'open'
  private wake: (() => void) | undefined

  constructor(tap: Tap) {
    this.tap = tap
  }

  push(piece: Buffer): void {
    this.pieces.push(piece)
    this.bytes += piece.length
    if (this.bytes > aheadBytes) this.tap.pause()
    this.wake?.()
  }

  end(): void {
    if (this.state === 'open') this.state = 'ended'
    this.wake?.()
  }

  /** Thrown to the reader at once: what has come before is of no use then. */
  fail(cause: Error): void {
    this.state = { failed: cause }
    this.pieces = []
    this.wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      if (typeof this.state === 'object') throw this.state.failed
      const piece = this.pieces.shift()
      if (piece) {
        this.bytes -= piece.length
        if (this.bytes <= aheadBytes / 2) this.tap.resume()
        yield piece
      } else if (this.state === 'ended') return
      else {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.wake = resolve
        await promise
      }
    }
  }
}
