import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { Fault } from '../../core/errors.ts'
import { byteRange } from '../../files/byte-range.ts'
import type { Range } from '../../files/chunk.ts'
import { createFile } from '../../files/create-file.ts'
import { deleteFile } from '../../files/delete-file.ts'
import { type File, viewOf } from '../../files/file.ts'
import { listFiles } from '../../files/list-files.ts'
import { attachment, nameIn } from '../../files/names.ts'
import { type OpenFile, openFile } from '../../files/open-file.ts'
import { plainHeaders } from '../answer.ts'
import { problemOf } from '../problem.ts'
import { type Route, route } from './route.ts'
import { filter } from './schemas.ts'

const file = z.object({
  file: z.string().describe('Its id: what tools take and give.'),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number(),
  sha256: z.string().describe('Of its content, hex.'),
  callId: z.string().nullable().describe('The call that it came of.'),
  createdAt: z.string(),
  expiresAt: z.string(),
})

export const fileRoutes: Route[] = [
  route({
    method: 'post',
    path: '/files',
    summary: 'Upload a file, for a tool that takes one.',
    tag: 'files',
    may: 'calls.make',
    status: 201,
    query: z.strictObject({
      name: z.string().max(1000).optional().describe('Its name; otherwise that of Content-Disposition.'),
    }),
    bytes: { body: 'The content as it is, of the type that Content-Type says. It is stored as it comes in.' },
    answer: file,
    async run({ app, principal, query, incoming }) {
      const { headers } = incoming
      const refused = notPlain(incoming)
      if (refused) return refused
      const name = query.name ?? nameIn(headers['content-disposition']) ?? ''
      const { workspaceId, agentId } = principal
      const content = incoming.iterator({ destroyOnReturn: false }) // whoever is refused shall still read why
      const length = headers['content-length']
      const announced = length === undefined ? undefined : Number(length)
      try {
        const asked = { workspaceId, agentId, name, mediaType: headers['content-type'] }
        const made = await createFile(app, asked, content, { announced })
        return made instanceof Fault ? made : viewOf(made)
      } catch (cause) {
        if (incoming.complete) throw cause
        return new Fault('validation_error', 'The upload ended early, and nothing of it is kept.', {
          fix: 'Send the whole file again.',
        })
      }
    },
  }),
  route({
    method: 'get',
    path: '/files',
    summary: 'The files that you can see, newest first: of a key its own agent’s.',
    tag: 'files',
    may: 'calls.read',
    query: z.strictObject({
      next: filter.optional().describe('The `next` of the page before.'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answer: z.object({ items: z.array(file), next: z.string().nullable() }),
    async run({ app, principal, query }) {
      const { items, next } = await listFiles(app, principal, { limit: query.limit, before: query.next })
      return { items: items.map(viewOf), next }
    },
  }),
  route({
    method: 'get',
    path: '/files/{id}',
    summary: 'The content of a file, or a range of it (RFC 9110): one range of bytes.',
    tag: 'files',
    may: 'calls.read',
    headers: { Range: 'Such as `bytes=0-65535`: then 206.', 'If-Range': 'The ETag of what you have the rest of.' },
    bytes: { answer: 'The content, always as an attachment.' },
    answer: z.unknown(),
    async run({ app, principal, params, incoming }) {
      const opened = await openFile(app, principal, params.id)
      return opened instanceof Fault ? opened : answerFile(opened, incoming)
    },
  }),
  route({
    method: 'delete',
    path: '/files/{id}',
    summary: 'End a file before its time.',
    tag: 'files',
    may: 'calls.make',
    answer: z.object({ id: z.string() }),
    run: ({ app, principal, params }) => deleteFile(app, principal, params.id),
  }),
]

/** What would be stored in a form in which nobody could use it. */
function notPlain({ headers }: IncomingMessage): Fault | undefined {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers
  if (encoding.trim().toLowerCase() !== 'identity')
    return new Fault('validation_error', 'An upload may have no Content-Encoding.', { fix: 'Send the file as it is.' })
  if (/^multipart\/form-data/i.test(type))
    return new Fault('validation_error', 'An upload is no form: its body is the file itself.', {
      fix: 'For example: curl --data-binary @file -H "Content-Type: image/png" …/api/v1/files?name=file.png',
    })
  return undefined
}

/** Whatever it holds, a browser saves it and never shows or runs it. */
function headersOf({ name, mediaType, sha256 }: File): Record<string, string> {
  return {
    ...plainHeaders,
    'content-type': mediaType,
    'content-disposition': attachment(name),
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'accept-ranges': 'bytes',
    etag: `"${sha256}"`,
  }
}

/** A `Range` counts for GET alone, and with `If-Range` only while the content is the one that the caller knows. */
function answerFile({ file, read }: OpenFile, { method, headers }: IncomingMessage): Response {
  const about = headersOf(file)
  const { 'if-range': known } = headers
  const counts = method === 'GET' && (known === undefined || known === about.etag)
  const range = byteRange(counts ? headers.range : undefined, file.bytes)
  if (range === 'unsatisfiable') return outOfRange(file)
  const length = (count: number) => ({ ...about, 'content-length': String(count) })
  if (method === 'HEAD') return new Response(null, { headers: length(file.bytes) })
  if (range === 'none') return new Response(streamOf(read), { headers: length(file.bytes) })
  const { from, to } = range
  const part = { ...length(to - from + 1), 'content-range': `bytes ${from}-${to}/${file.bytes}` }
  return new Response(streamOf(read, range), { status: 206, headers: part })
}

/** RFC 9110, 15.5.17. */
function outOfRange({ bytes }: File): Response {
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
function streamOf(read: OpenFile['read'], range?: Range): ReadableStream<Uint8Array> {
  return ReadableStream.from(read(range))
}
