import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { SharedFileVersionRow } from '../../db/shared-file-schema.ts'
import type { Range } from '../../files/chunk.ts'
import { type OpenFile, openRow } from '../../files/open-file.ts'
import { partOf } from '../../files/read-part.ts'
import { checkKey } from './key.ts'
import { type SharedFile, viewOf } from './shared-file.ts'
import { findVersion, latestVersion, noSharedFile, noSuchVersion } from './versions.ts'

export type OpenSharedFile = {
  file: SharedFile
  /** Its content, or a range of it, a chunk at a time. Throws when a chunk is missing or was changed. */
  read(range?: Range): AsyncGenerator<Buffer>
}

/** A shared file for reading, as it is or in one of its versions. */
export async function getSharedFile(
  app: App,
  workspaceId: string,
  asked: { key: string; version?: number | undefined },
): Promise<OpenSharedFile | Fault> {
  const opened = await openVersion(app, workspaceId, asked)
  if (opened instanceof Fault) return opened
  return { file: await viewOf(app, opened.row), read: opened.content.read }
}

export type SharedFilePart = SharedFile & {
  untrusted: true
  offset: number
  /** Of what is text by its media type. */
  text?: string
  base64?: string
  /** Where the following part begins; absent at the end. */
  next?: number
}

/** A part of a shared file in JSON, 64 KiB at most: for those who read it in a conversation. */
export async function readSharedPart(
  app: App,
  workspaceId: string,
  asked: { key: string; version?: number | undefined; offset?: number | undefined; length?: number | undefined },
): Promise<SharedFilePart | Fault> {
  const opened = await openVersion(app, workspaceId, asked)
  if (opened instanceof Fault) return opened
  const part = await partOf(opened.content, opened.row.media_type, asked)
  return part instanceof Fault ? part : { ...(await viewOf(app, opened.row)), untrusted: true, ...part }
}

async function openVersion(
  app: App,
  workspaceId: string,
  asked: { key: string; version?: number | undefined },
): Promise<{ row: SharedFileVersionRow; content: OpenFile } | Fault> {
  const key = checkKey(asked.key)
  if (key instanceof Fault) return key
  const { version } = asked
  const row =
    version === undefined
      ? await latestVersion(app.db.read, workspaceId, key)
      : await findVersion(app.db.read, workspaceId, key, version)
  if (!row) return version === undefined ? noSharedFile(key) : noSuchVersion(key, version)
  const content = await openContent(app, row)
  return content instanceof Fault ? content : { row, content }
}

/** The content of a version. */
export async function openContent(app: App, row: SharedFileVersionRow): Promise<OpenFile | Fault> {
  if (row.change === 'delete') return noSharedFile(row.key, row)
  const file = await app.db.read
    .selectFrom('files')
    .selectAll()
    .where('id', '=', row.file_id)
    .where('workspace_id', '=', row.workspace_id)
    .where('state', '=', 'shared')
    .executeTakeFirst()
  return file ? openRow(app, file) : noSuchVersion(row.key, row.version)
}
