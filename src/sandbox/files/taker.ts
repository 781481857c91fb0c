import { createHash, type Hash } from 'node:crypto'

/** What came in of a file: all of it is counted and hashed, and the content kept only while it is small. */
export type Taken = { bytes: number; sha256: string; content?: Buffer }

/** Takes a body as it comes, so that one as large as a file is never in memory. */
export type Taker = { push(piece: Buffer): void; end(): { file: Taken; fields: Record<string, string>; name?: string } }

/** Content that is kept, so that it can be downloaded again. */
const keptBytes = 4 * 1024 * 1024

/** Counts, hashes and keeps what is pushed into it. */
export class Intake {
  readonly hash: Hash = createHash('sha256')
  bytes = 0
  private pieces: Buffer[] = []

  push(piece: Buffer): void {
    this.hash.update(piece)
    this.bytes += piece.length
    if (this.bytes <= keptBytes) this.pieces.push(piece)
    else this.pieces = []
  }

  taken(): Taken {
    const { bytes } = this
    const content = bytes <= keptBytes ? { content: Buffer.concat(this.pieces) } : {}
    return { bytes, sha256: this.hash.copy().digest('hex'), ...content }
  }
}

/** A body that is the content itself. */
export function contentTaker(): Taker {
  const intake = new Intake()
  return { push: piece => intake.push(piece), end: () => ({ file: intake.taken(), fields: {} }) }
}

const blankLine = Buffer.from('\r\n\r\n')

/** A multipart/form-data body (RFC 7578) with one file at most; the part that has a file name is that. */
export function formTaker(boundary: string): Taker {
  const border = Buffer.from(`\r\n--${boundary}`)
  const fields: Record<string, string> = {}
  let name: string | undefined
  let file = new Intake()
  let part: { field: string; intake: Intake } | undefined
  let rest: Buffer = Buffer.from('\r\n') // so that the first border looks like every other one

  const close = () => {
    if (part && part.intake !== file) fields[part.field] = String(part.intake.taken().content ?? '')
    part = undefined
  }
  const open = (head: string) => {
    const field = /[; ]name="([^"]*)"/i.exec(head)?.[1] ?? ''
    const fileName = /filename="([^"]*)"/i.exec(head)?.[1]
    if (fileName !== undefined) {
      name = unescaped(fileName)
      file = new Intake()
    }
    part = { field: unescaped(field), intake: fileName === undefined ? new Intake() : file }
  }
  const step = (): boolean => {
    const at = rest.indexOf(part ? border : blankLine)
    if (at < 0) {
      const safe = part ? rest.length - border.length : 0
      if (safe > 0) {
        part?.intake.push(Buffer.from(rest.subarray(0, safe)))
        rest = rest.subarray(safe)
      }
      return false
    }
    if (part) {
      part.intake.push(Buffer.from(rest.subarray(0, at)))
      close()
      rest = rest.subarray(at + border.length)
      return true
    }
    open(rest.subarray(0, at).toString())
    rest = rest.subarray(at + blankLine.length)
    return true
  }
  return {
    push(piece) {
      rest = rest.length ? Buffer.concat([rest, piece]) : piece
      while (step()) {}
    },
    end: () => ({ file: file.taken(), fields, ...(name !== undefined && { name }) }),
  }
}

/** As browsers write names (WHATWG HTML, 4.10.21.8). */
const unescaped = (name: string): string =>
  Buffer.from(name).toString().replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n')
