/** The files that agents share, as models read and write them. */
import { isAllowed } from '../../../accounts/permissions.ts'
import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { isId } from '../../../core/ids.ts'
import { checkMediaType } from '../../../files/names.ts'
import { openFile } from '../../../files/open-file.ts'
import { type FilePart, readPart } from '../../../files/read-part.ts'
import type { Box } from '../../../relay/box.ts'
import { readSharedPart, type SharedFilePart } from '../../../relay/files/get-shared-file.ts'
import { listSharedFiles } from '../../../relay/files/list-shared-files.ts'
import { putSharedFile } from '../../../relay/files/put-shared-file.ts'
import { agentWriter } from '../../../relay/files/writer.ts'

type Part = { file: string; offset?: number | undefined; length?: number | undefined }

/** A part of a file of the agent by its id, or else of a shared one by its key. */
export async function readAnyPart(
  app: App,
  principal: AgentPrincipal,
  { file, ...part }: Part,
): Promise<FilePart | SharedFilePart | Fault> {
  if (isId('file', file) || !isAllowed(principal, 'relay.read')) return readPart(app, principal, { id: file, ...part })
  return readSharedPart(app, principal.workspaceId, { key: file, ...part })
}

export type Put = {
  key: string
  /** What it is to hold. */
  content?: string | undefined
  /** That is base64. */
  base64?: boolean | undefined
  /** Instead of a content: a file of this agent, such as one that a call gave. */
  file?: string | undefined
  mediaType?: string | undefined
  /** The version that it was made of; absent for a new file. */
  baseVersion?: number | undefined
}

/** Writes the next version of a shared file. */
export async function putFile(
  app: App,
  { principal, box }: { principal: AgentPrincipal; box: Box },
  { key, content, base64 = false, file, mediaType, baseVersion }: Put,
): Promise<object | Fault> {
  if ((content === undefined) === (file === undefined))
    return new Fault('validation_error', 'Either `content` or `file` must be there.', {
      invalidFields: [{ field: 'content', problem: 'either this or `file` must be there' }],
    })
  const wrongType = checkMediaType(mediaType, 'mediaType')
  if (wrongType) return wrongType
  const source = file === undefined ? undefined : await openFile(app, principal, file)
  if (source instanceof Fault) return source
  const bytes = Buffer.from(content ?? '', base64 ? 'base64' : 'utf8')
  // A new file of text is text, whatever it is called.
  const isNewText = content !== undefined && !base64 && baseVersion === undefined
  const put = await putSharedFile(app, agentWriter(box), {
    key,
    content: source ? source.read() : [bytes],
    announced: source ? source.file.bytes : bytes.length,
    mediaType: mediaType ?? source?.file.mediaType ?? (isNewText ? 'text/plain; charset=utf-8' : undefined),
    baseVersion,
  })
  if (put instanceof Fault) return put
  return { key: put.key, version: put.version, bytes: put.bytes, mediaType: put.mediaType }
}

const filesMax = 100

/** The shared files, with what tells one from the other. */
export async function listFiles(
  app: App,
  { workspaceId }: Box,
  { prefix, next: after }: { prefix?: string | undefined; next?: string | undefined },
): Promise<object> {
  const { items, next } = await listSharedFiles(app, workspaceId, { prefix, after, limit: filesMax })
  return {
    files: items.map(({ key, version, bytes, mediaType, by, at, lease }) => ({
      key,
      version,
      bytes,
      mediaType,
      by: by.name,
      at,
      ...(lease && { editedBy: lease.by.name, until: lease.until }),
    })),
    ...(next !== null && { next }),
  }
}
