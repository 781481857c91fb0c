import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { Principal } from '../../accounts/principal.ts'
import { Fault } from '../../core/errors.ts'
import { deleteSharedFile } from '../../relay/files/delete-shared-file.ts'
import { getSharedFile } from '../../relay/files/get-shared-file.ts'
import { endSharedFileLease, leaseSharedFile } from '../../relay/files/lease-shared-file.ts'
import { historyOf, listSharedFiles } from '../../relay/files/list-shared-files.ts'
import { putSharedFile } from '../../relay/files/put-shared-file.ts'
import { restoreSharedFile } from '../../relay/files/restore-shared-file.ts'
import type { SharedFile } from '../../relay/files/shared-file.ts'
import { type Writer, writerOf } from '../../relay/files/writer.ts'
import { refusal } from '../require-principal.ts'
import { answerContent, contentHeaders } from './answer-content.ts'
import { takeContent } from './incoming-content.ts'
import { basedOn } from './precondition.ts'
import { boxIn, deviceHeader } from './relay-schemas.ts'
import { Reply, type Route, route } from './route.ts'
import { limit } from './schemas.ts'

const by = z.object({
  kind: z.enum(['agent', 'person']),
  id: z.string(),
  name: z.string().describe('Empty for somebody who is gone.'),
  device: z.string().describe('Empty for a person.'),
})
const lease = z.object({ by, note: z.string(), until: z.string() })

const sharedFile = z.object({
  key: z.string(),
  version: z.number(),
  etag: z.string(),
  bytes: z.number(),
  mediaType: z.string(),
  sha256: z.string().describe('Of its content, hex; empty when it was deleted.'),
  change: z.enum(['put', 'merge', 'restore', 'delete']),
  baseVersion: z.number().describe('The version that it was made of; 0 for none.'),
  restoredFrom: z.number().nullable(),
  by,
  at: z.string(),
  keptUntil: z.string().nullable().describe('Of what is not the present state any more, or was deleted.'),
  lease: lease.nullable().describe('Who is editing it.'),
})

/** Of what the column of a version holds. */
const versionMax = 2_147_483_647
const version = z.coerce.number().int().min(1).max(versionMax)
const baseVersion = z.coerce.number().int().min(0).max(versionMax)
const force = z.stringbool().optional().describe('Although somebody else is editing it.')
const leased = lease.extend({ key: z.string() })

export const relayFileRoutes: Route[] = [
  route({
    method: 'get',
    path: '/relay/files',
    summary: 'The shared files, in the order of their keys.',
    tag: 'relay',
    may: 'relay.read',
    query: z.strictObject({
      prefix: z.string().max(500).optional().describe('Only those whose key begins like this, such as `notes/`.'),
      after: z.string().max(500).optional().describe('The `next` of the page before.'),
      limit,
    }),
    answer: z.object({ items: z.array(sharedFile), next: z.string().nullable() }),
    run: ({ app, principal, query }) => listSharedFiles(app, principal.workspaceId, query),
  }),
  route({
    method: 'get',
    path: '/relay/files/{key}',
    tail: true,
    summary: 'The content of a shared file, or a range of it (RFC 9110): one range of bytes.',
    tag: 'relay',
    may: 'relay.read',
    query: z.strictObject({ version: version.optional().describe('Otherwise the present one.') }),
    headers: contentHeaders,
    bytes: { answer: 'The content, always as an attachment. X-ClawLink-Version tells its version.', inParts: true },
    answer: z.unknown(),
    async run({ app, principal, params, query, incoming }) {
      const opened = await getSharedFile(app, principal.workspaceId, { key: params.key, version: query.version })
      if (opened instanceof Fault) return opened
      const { file, read } = opened
      const name = file.key.slice(file.key.lastIndexOf('/') + 1)
      const answer = answerContent({ ...file, name, read }, incoming)
      answer.headers.set('x-clawlink-version', String(file.version))
      return answer
    },
  }),
  route({
    method: 'put',
    path: '/relay/files/{key}',
    tail: true,
    summary: 'Write a shared file: its next version. Of a lost race 409, with both sides.',
    tag: 'relay',
    may: 'shared_files.change',
    query: z.strictObject({
      baseVersion: z
        .union([z.literal('any'), baseVersion])
        .optional()
        .describe('The version that it was made of; 0 or absent: it is a new file; `any`: whatever is there.'),
      merge: z
        .stringbool()
        .optional()
        .describe('Text that lost a race is merged with what is there, where no line was changed by both.'),
      force,
    }),
    headers: {
      'If-Match': 'The ETag of the version that it was made of, instead of baseVersion; `*` for `any`.',
      'If-None-Match': '`*`: it is a new file.',
      ...deviceHeader,
    },
    bytes: { body: 'The content as it is, of the type that Content-Type says. It is stored as it comes in.' },
    answer: sharedFile,
    run: ({ app, principal, params, query: { baseVersion: asked, ...query }, incoming }) =>
      asWriter(principal, incoming, async writer => {
        const base = basedOn(incoming.headers, asked)
        if (base instanceof Fault) return base
        const put = { key: params.key, ...base, ...query, mediaType: typeIn(incoming) }
        const refused = () => refusal(app, 'shared_files.change', incoming)
        return takeContent(incoming, refused, async taken =>
          tagged(await putSharedFile(app, writer, { ...put, ...taken })),
        )
      }),
  }),
  route({
    method: 'delete',
    path: '/relay/files/{key}',
    tail: true,
    summary: 'Delete a shared file. It can be restored until that version is forgotten.',
    tag: 'relay',
    may: 'shared_files.change',
    query: z.strictObject({
      baseVersion: baseVersion.optional().describe('The version that you know; otherwise whatever is there.'),
      forget: z.stringbool().optional().describe('At once, with all its versions: that makes room, and is final.'),
      force,
    }),
    headers: deviceHeader,
    answer: sharedFile,
    run: ({ app, principal, params, query, incoming }) =>
      asWriter(principal, incoming, async writer =>
        tagged(await deleteSharedFile(app, writer, { key: params.key, ...query })),
      ),
  }),
  route({
    method: 'get',
    path: '/relay/file-history/{key}',
    tail: true,
    summary: 'The versions of a shared file, newest first.',
    tag: 'relay',
    may: 'relay.read',
    query: z.strictObject({ before: version.optional().describe('The `next` of the page before.'), limit }),
    answer: z.object({ items: z.array(sharedFile), next: z.number().nullable() }),
    run: ({ app, principal, params, query }) => historyOf(app, principal.workspaceId, { key: params.key, ...query }),
  }),
  route({
    method: 'post',
    path: '/relay/file-restore/{key}',
    tail: true,
    summary: 'Make a former version the present one, as a new version.',
    tag: 'relay',
    may: 'shared_files.change',
    headers: deviceHeader,
    body: z.strictObject({
      version: z.int().min(1).max(versionMax),
      baseVersion: z
        .int()
        .min(0)
        .max(versionMax)
        .optional()
        .describe('The version that you know; otherwise whatever is there.'),
      force: z.boolean().optional().describe('Although somebody else is editing it.'),
    }),
    answer: sharedFile,
    run: ({ app, principal, params, body, incoming }) =>
      asWriter(principal, incoming, async writer =>
        tagged(await restoreSharedFile(app, writer, { key: params.key, ...body })),
      ),
  }),
  route({
    method: 'post',
    path: '/relay/file-lease/{key}',
    tail: true,
    summary: 'Say that you are editing a shared file, or go on. Others are told so when they write.',
    tag: 'relay',
    may: 'shared_files.change',
    headers: deviceHeader,
    body: z.strictObject({
      seconds: z.int().min(1).max(3600).default(300),
      note: z
        .string()
        .max(200)
        .regex(/^\P{Cc}*$/u, 'must be one line')
        .optional()
        .describe('What you are doing.'),
    }),
    answer: leased,
    run: ({ app, principal, params, body, incoming }) =>
      asWriter(principal, incoming, writer => leaseSharedFile(app, writer, { key: params.key, ...body })),
  }),
  route({
    method: 'delete',
    path: '/relay/file-lease/{key}',
    tail: true,
    summary: 'Say that you are done editing a shared file.',
    tag: 'relay',
    may: 'shared_files.change',
    query: z.strictObject({
      force: z.stringbool().optional().describe('Although it is somebody else who is editing.'),
    }),
    headers: deviceHeader,
    answer: z.object({ key: z.string() }),
    run: ({ app, principal, params, query, incoming }) =>
      asWriter(principal, incoming, writer => endSharedFileLease(app, writer, { key: params.key, ...query })),
  }),
]

function writerIn(principal: Principal, incoming: IncomingMessage): Writer | Fault {
  if (principal.kind === 'member') return writerOf(principal)
  const box = boxIn(principal, incoming)
  return box instanceof Fault ? box : writerOf(principal, box.device)
}

async function asWriter<T>(
  principal: Principal,
  incoming: IncomingMessage,
  use: (writer: Writer) => Promise<T | Fault>,
): Promise<T | Fault> {
  const writer = writerIn(principal, incoming)
  return writer instanceof Fault ? writer : use(writer)
}

/** What curl says of any data, unless it is told, says nothing of this file. */
function typeIn({ headers: { 'content-type': type } }: IncomingMessage): string | undefined {
  return type === 'application/x-www-form-urlencoded' ? undefined : type
}

const tagged = (file: SharedFile | Fault): Reply<SharedFile> | Fault =>
  file instanceof Fault ? file : new Reply(file, { etag: `"${file.etag}"` })
