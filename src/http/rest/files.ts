import * as z from 'zod'
import { Fault } from '../../core/errors.ts'
import { createFile } from '../../files/create-file.ts'
import { deleteFile } from '../../files/delete-file.ts'
import { viewOf } from '../../files/file.ts'
import { listFiles } from '../../files/list-files.ts'
import { nameIn } from '../../files/names.ts'
import { openFile } from '../../files/open-file.ts'
import { refusal } from '../require-principal.ts'
import { answerContent, contentHeaders } from './answer-content.ts'
import { takeContent } from './incoming-content.ts'
import { type Route, route } from './route.ts'
import { limit, next } from './schemas.ts'

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
    run({ app, principal: { workspaceId, agentId }, query, incoming }) {
      const { headers } = incoming
      const name = query.name ?? nameIn(headers['content-disposition']) ?? ''
      const asked = { workspaceId, agentId, name, mediaType: headers['content-type'] }
      const refused = () => refusal(app, 'calls.make', incoming)
      return takeContent(incoming, refused, async ({ content, announced }) => {
        const made = await createFile(app, asked, content, { announced })
        return made instanceof Fault ? made : viewOf(made)
      })
    },
  }),
  route({
    method: 'get',
    path: '/files',
    summary: 'The files that you can see, newest first: of a key its own agent’s.',
    tag: 'files',
    may: 'calls.read',
    query: z.strictObject({
      next,
      limit,
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
    headers: contentHeaders,
    bytes: { answer: 'The content, always as an attachment.', inParts: true },
    answer: z.unknown(),
    async run({ app, principal, params, incoming }) {
      const opened = await openFile(app, principal, params.id)
      if (opened instanceof Fault) return opened
      const { name, mediaType, bytes, sha256 } = opened.file
      return answerContent({ name, mediaType, bytes, etag: sha256, read: opened.read }, incoming)
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
