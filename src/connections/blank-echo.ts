import { mask } from '../core/secret.ts'
import type { Sink, WireAnswer, WireResult } from '../net/wire.ts'

/**
 * The answer without the secrets that it repeats: a provider that does must not hand them to the agent, into the record or
 * into the next page's address. A secret that JSON or a URL would write in another way is found in those ways too.
 */
export function blankEcho(result: WireResult, secrets: readonly string[]): WireResult {
  if (result.kind === 'lost') return result
  let blank = result
  for (const secret of secrets) if (secret !== '') blank = without(blank, secret)
  return blank
}

function without(answer: WireAnswer, secret: string): WireAnswer {
  const written = /^[\w.~-]+$/.test(secret) ? secret : patternOf(secret)
  const { body, headers } = answer
  const echoes = typeof written === 'string' ? body.includes(written) : written.test(body.toString('utf8'))
  const link = headers.link?.toString()
  if (!echoes && !link) return answer
  const blank = (from: string) => from.replaceAll(written, mask)
  return {
    ...answer,
    ...(echoes && { body: Buffer.from(blank(body.toString('utf8'))) }),
    ...(link && { headers: { ...headers, link: blank(link) } }),
  }
}

/** Shorter ones stand in large content by chance. */
const soughtBytesMin = 8

/**
 * A sink that takes no content in which a secret stands, and no header that repeats one. A file is what it is or nothing, so
 * nothing in it is blanked: it is refused as a whole.
 */
export function withoutEcho(sink: Sink, secrets: readonly string[]): Sink {
  const sought = secrets.filter(secret => Buffer.byteLength(secret) >= soughtBytesMin)
  if (!sought.length) return sink
  const bytes = sought.map(secret => Buffer.from(secret))
  const blank = (text: string) => sought.reduce((left, secret) => left.replaceAll(secret, mask), text)
  return {
    bytesMax: sink.bytesMax,
    async take(headers, content) {
      const { 'content-disposition': named, 'content-type': type } = headers
      const safe = {
        ...headers,
        ...(named !== undefined && { 'content-disposition': blank(String(named)) }),
        ...(type !== undefined && { 'content-type': blank(String(type)) }),
      }
      return sink.take(safe, watched(content, bytes))
    },
  }
}

/** The same content; throws before the piece in which one of these ends. */
async function* watched(content: AsyncIterable<Uint8Array>, sought: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  const overlap = Math.max(...sought.map(({ length }) => length)) - 1
  let before = Buffer.alloc(0)
  for await (const piece of content) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    // Only where two pieces meet is anything copied.
    const seam = Buffer.concat([before, bytes.subarray(0, overlap)])
    if (sought.some(each => bytes.includes(each) || seam.includes(each)))
      throw new Error('the content repeats the credential')
    before = Buffer.concat([before, bytes.subarray(-overlap)])
    before = before.subarray(Math.max(0, before.length - overlap))
    yield piece
  }
}

/**
 * Any of `c`, `\c`, `\u0063` (RFC 8259, 7) and `%63` (RFC 3986, 2.1) for each character that may be escaped, and `+` for a
 * space (WHATWG URL, 5.2).
 */
function patternOf(text: string): RegExp {
  const characters = [...text].map(char => {
    if (/\w/.test(char)) return char
    const units = Array.from({ length: char.length }, (_, at) => `\\\\u${hex(char.charCodeAt(at), 4)}`)
    const bytes = [...Buffer.from(char)].map(byte => `%${hex(byte, 2)}`)
    const ways = [`\\\\?${RegExp.escape(char)}`, units.join(''), bytes.join(''), ...(char === ' ' ? ['\\+'] : [])]
    return `(?:${ways.join('|')})`
  })
  return new RegExp(characters.join(''), 'gi')
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')
