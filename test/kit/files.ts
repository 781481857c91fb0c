/** Files over real HTTP, streamed both ways as a client of large ones would. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TestClawLink } from './clawlink.ts'

const agent = new Agent({ keepAlive: false })

/** Bytes without a pattern that are the same each time, in pieces of 64 KiB. */
export function* sampleBytes(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(64 * 1024)
  for (let i = 0; i < piece.length; i += 4) piece.writeUInt32LE(Math.imul(i + 1, 2_654_435_761) >>> 0, i)
  for (let at = 0; at < bytes; at += piece.length) {
    piece.writeUInt32LE(at) // no two pieces are alike
    yield Buffer.from(piece.subarray(0, Math.min(piece.length, bytes - at)))
  }
}

export function sha256Of(pieces: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

export type Uploaded = { status: number; body: Record<string, unknown> }

type UploadOptions = { method?: string; path?: string; query?: string; headers?: Record<string, string> }

/** Uploads what `source` gives, without saying before how much that is unless the headers do. */
export async function upload(
  { url, key }: { url: string; key: string },
  source: Iterable<Buffer> | Buffer | string,
  { method = 'POST', path = '/files', query = '', headers = {} }: UploadOptions = {},
): Promise<Uploaded> {
  const given = typeof source === 'string' ? Buffer.from(source) : source
  const pieces = Buffer.isBuffer(given) ? [given] : given
  const sending = request(`${url}/api/v1${path}${query}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    agent,
  })
  const answering = once(sending, 'response') as Promise<[IncomingMessage]> // as node:http emits it
  // Whoever is refused early hangs up on us while we still send.
  const sent = pipeline(Readable.from(pieces), sending).catch(() => {})
  const [answer] = await answering
  const text = Buffer.concat(await Array.fromAsync(answer)).toString()
  await sent
  return { status: answer.statusCode ?? 0, body: JSON.parse(text) }
}

export type Downloaded = { status: number; headers: IncomingHttpHeaders; bytes: number; sha256: string; text: string }

type DownloadOptions = {
  method?: string
  headers?: Record<string, string>
  /** Told how long each piece is that came. */
  onBytes?: (bytes: number) => void
}

/** Reads a file to its end, that with this id or what is at a path; `text` is kept of short ones only. */
export async function download(
  { url, key }: Pick<TestClawLink, 'url' | 'key'>,
  id: string,
  { method = 'GET', headers = {}, onBytes }: DownloadOptions = {},
): Promise<Downloaded> {
  const sending = request(`${url}/api/v1${id.startsWith('/') ? id : `/files/${id}`}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    agent,
  })
  sending.end()
  const [answer] = (await once(sending, 'response')) as [IncomingMessage] // as node:http emits it
  const hash = createHash('sha256')
  const kept: Buffer[] = []
  let bytes = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    hash.update(piece)
    bytes += piece.length
    onBytes?.(piece.length)
    if (bytes <= 1024 * 1024) kept.push(piece)
  }
  const text = Buffer.concat(kept).toString()
  return { status: answer.statusCode ?? 0, headers: answer.headers, bytes, sha256: hash.digest('hex'), text }
}
