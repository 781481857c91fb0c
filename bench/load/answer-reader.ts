/** One complete HTTP/1.1 answer. */
export type Answer = { status: number; body: Buffer }

const headEndMark = Buffer.from('\r\n\r\n')
const lineEndMark = Buffer.from('\r\n')

/**
 * Reads HTTP/1.1 answers off one connection that never has more than one request outstanding (so bytes that follow an
 * answer are an error, not the next answer). Understands `content-length` and chunked bodies (RFC 9112, sections 6 and 7)
 * and nothing else: what a server under test must send for the connection to be reusable.
 */
export class AnswerReader {
  #pending: Buffer | undefined

  /**
   * Takes bytes as they arrive; gives the answer once it is complete, else nothing. The answer's body may point into
   * `bytes`: it is good only until the caller reuses them. Throws on what is not a reusable HTTP/1.1 answer.
   */
  read(bytes: Buffer): Answer | undefined {
    // An answer that comes in pieces is parsed anew with each piece: rare and short here, and there is no state to get wrong.
    const all = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes
    const parsed = parseAnswer(all)
    if (!parsed) {
      this.#pending = this.#pending ? all : Buffer.from(bytes)
      return undefined
    }
    if (parsed.end !== all.length) throw new Error(`${all.length - parsed.end} bytes follow the answer`)
    this.#pending = undefined
    return parsed
  }
}

function parseAnswer(bytes: Buffer): (Answer & { end: number }) | undefined {
  const headEnd = bytes.indexOf(headEndMark)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd).toLowerCase()
  if (!head.startsWith('http/1.1 ')) throw new Error(`not an HTTP/1.1 answer: ${head.slice(0, 80)}`)
  const status = Number(head.slice(9, 12))
  const bodyStart = headEnd + headEndMark.length
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1]
  if (length !== undefined) {
    const end = bodyStart + Number(length)
    return end > bytes.length ? undefined : { status, body: bytes.subarray(bodyStart, end), end }
  }
  if (!/\r\ntransfer-encoding: *chunked/.test(head)) throw new Error('the answer has neither a length nor chunks')
  const chunked = parseChunks(bytes, bodyStart)
  return chunked && { status, ...chunked }
}

function parseChunks(bytes: Buffer, start: number): { body: Buffer; end: number } | undefined {
  const chunks: Buffer[] = []
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf(lineEndMark, at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (Number.isNaN(size)) throw new Error('a chunk has no size')
    const chunkStart = lineEnd + lineEndMark.length
    const chunkEnd = chunkStart + size
    // Every chunk ends with an empty line, the last one (of size 0) too; trailers are not expected.
    if (chunkEnd + lineEndMark.length > bytes.length) return undefined
    if (size === 0) return { body: joinChunks(chunks), end: chunkEnd + lineEndMark.length }
    chunks.push(bytes.subarray(chunkStart, chunkEnd))
    at = chunkEnd + lineEndMark.length
  }
}

function joinChunks(chunks: Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}
