import type { IncomingMessage } from 'node:http'
import { Fault } from '../../core/errors.ts'
import { byteRange } from '../../files/byte-range.ts'
import type { Range } from '../../files/chunk.ts'
import { attachment } from '../../files/names.ts'
import { plainHeaders } from '../answer.ts'
import { problemOf } from '../problem.ts'

/** Content that can be read in parts. */
export type Content = {
  name: string
  mediaType: string
  bytes: number
  /** Names this very content, without quotes. */
  etag: string
  read(range?: Range): AsyncGenerator<Buffer>
}

/** What an answer with content says of ranges and of what the caller has already. */
export const contentHeaders = {
  Range: 'Such as `bytes=0-65535`: then 206.',
  'If-Range': 'The ETag of what you have the rest of.',
  'If-None-Match': 'The ETag of what you have: then 304 unless there is another.',
}

/** A `Range` counts for GET alone, and with `If-Range` only while the content is the one that the caller knows. */
export function answerContent(content: Content, { method, headers }: IncomingMessage): Response {
  const about = headersOf(content)
  const { bytes, read } = content
  const { 'if-range': known, 'if-none-match': unless } = headers
  if (unless?.split(',').some(each => each.trim().replace(/^W\//, '') === about.etag))
    return new Response(null, { status: 304, headers: { ...plainHeaders, etag: about.etag } })
  const counts = method === 'GET' && (known === undefined || known === about.etag)
  const range = byteRange(counts ? headers.range : undefined, bytes)
  if (range === 'unsatisfiable') return outOfRange(bytes)
  const length = (count: number) => ({ ...about, 'content-length': String(count) })
  if (method === 'HEAD') return new Response(null, { headers: length(bytes) })
  if (range === 'none') return new Response(streamOf(read), { headers: length(bytes) })
  const { from, to } = range
  const part = { ...length(to - from + 1), 'content-range': `bytes ${from}-${to}/${bytes}` }
  return new Response(streamOf(read, range), { status: 206, headers: part })
}

/** Whatever it holds, a browser saves it and never shows or runs it. */
function headersOf({ name, mediaType, etag }: Content): Record<string, string> & { etag: string } {
  return {
    ...plainHeaders,
    'content-type': mediaType,
    'content-disposition': attachment(name),
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'accept-ranges': 'bytes',
    etag: `"${etag}"`,
  }
}

/** RFC 9110, 15.5.17. */
function outOfRange(bytes: number): Response {
  const fault = new Fault('validation_error', `The file has ${bytes} bytes, and none of those that you ask for.`, {
    fix: 'Ask for a range that begins inside the file.',
  })
  return Response.json(
    { ...problemOf(fault), status: 416 },
    {
      status: 416,
      headers: {
        ...plainHeaders,
        'content-type': 'application/problem+json; charset=utf-8',
        'content-range': `bytes */${bytes}`,
      },
    },
  )
}

/** Reads no further ahead than the caller takes, and stops when it goes away. */
function streamOf(read: Content['read'], range?: Range): ReadableStream<Uint8Array> {
  return ReadableStream.from(read(range))
}
