import { isUtf8 } from 'node:buffer'
import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { getSharedFile } from '../../../relay/files/get-shared-file.ts'
import { listSharedFiles } from '../../../relay/files/list-shared-files.ts'
import { putSharedFile } from '../../../relay/files/put-shared-file.ts'
import type { SharedFile } from '../../../relay/files/shared-file.ts'
import { agentWriter } from '../../../relay/files/writer.ts'
import { relayBodyBytesMax } from '../../rest/relay-schemas.ts'
import type { Requests } from './requests.ts'
import { registeredBox, seedIdOf } from './who.ts'

/** That protocol gives a file in one JSON answer. */
const shownBytesMax = relayBodyBytesMax

/**
 * The next version of a shared file. A client of that protocol names no version that its own is based on, so the last write
 * is the present one; those before are kept, and one that does name a `base_version` is told of a lost race.
 */
export async function writeFile(
  app: App,
  principal: AgentPrincipal,
  { file_key, content, agent_id, file_type, base_version }: Requests['files'],
) {
  const box = await registeredBox(app, principal, agent_id)
  if (box instanceof Fault) return box
  const put = await putSharedFile(app, agentWriter(box), {
    key: file_key,
    content: [Buffer.from(content)],
    mediaType: mediaTypeOf(file_type),
    announced: Buffer.byteLength(content),
    baseVersion: base_version ?? 'any',
  })
  return put instanceof Fault ? put : { status: 'saved', version: put.version }
}

export async function readFile(app: App, { workspaceId }: AgentPrincipal, key: string) {
  const found = await getSharedFile(app, workspaceId, { key })
  if (found instanceof Fault)
    return found.code === 'not_found' ? new Fault('not_found', 'file not found', { fix: '' }) : found
  const { file, read } = found
  if (file.bytes > shownBytesMax)
    return new Fault('payload_too_large', `The file is larger than ${shownBytesMax} bytes.`, {
      fix: 'Read it with GET /api/v1/relay/files.',
    })
  const bytes = Buffer.concat(await Array.fromAsync(read()))
  const content = isUtf8(bytes)
    ? { content: bytes.toString() }
    : { content: bytes.toString('base64'), encoding: 'base64' }
  return { file_key: file.key, ...content, ...(await factsOf(app, workspaceId, file)) }
}

export async function listFiles(app: App, { workspaceId }: AgentPrincipal) {
  const files: object[] = []
  let after: string | undefined
  do {
    const { items, next } = await listSharedFiles(app, workspaceId, { after, limit: 1000 })
    for (const file of items) files.push({ file_key: file.key, ...(await factsOf(app, workspaceId, file)) })
    after = next ?? undefined
  } while (after !== undefined)
  return { files, count: files.length }
}

async function factsOf(app: App, workspaceId: string, { mediaType, by, version, at }: SharedFile) {
  const last_editor = by.kind === 'agent' ? await seedIdOf(app, workspaceId, by) : by.name
  return { file_type: fileTypeOf(mediaType), last_editor, version, updated_at: at }
}

/** Words of that protocol's own are kept as a parameter. Pure. */
export function mediaTypeOf(fileType: string): string {
  if (fileType === 'text') return 'text/plain; charset=utf-8'
  return fileType.includes('/') ? fileType : `text/plain; charset=utf-8; file-type="${fileType}"`
}

/** The opposite. Pure. */
export function fileTypeOf(mediaType: string): string {
  const word = /; file-type="([^"]*)"$/.exec(mediaType)?.[1]
  return word ?? (/^text\/plain(;|$)/.test(mediaType) ? 'text' : mediaType)
}
