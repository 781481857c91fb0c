import type { App } from '../../app.ts'
import type { ToolRow } from '../../catalog/define.ts'
import { Fault } from '../../core/errors.ts'
import { createFile } from '../../files/create-file.ts'
import { nameIn } from '../../files/names.ts'
import type { Sink } from '../../net/wire.ts'
import type { ReadyCall } from '../call.ts'

/** What a caller gets of a file that was brought: its handle, and what is known of it. */
export type BroughtFile = {
  file: string
  name: string
  mediaType: string
  bytes: number
  sha256: string
  expiresAt: string
}

/** Stores a good answer as a file of the call's agent, under the name that the provider or else its argument says. */
export function intoStore(
  app: App,
  { call, args }: ReadyCall,
  { name: input }: NonNullable<ToolRow['download']>,
): Sink {
  const { workspaceId, agentId } = call.principal
  return {
    bytesMax: app.config.fileBytesMax,
    async take(headers, content): Promise<BroughtFile | Fault> {
      const name = nameIn(headers['content-disposition']) ?? String(args[input] ?? '')
      const mediaType = headers['content-type']
      const file = await createFile(app, { workspaceId, agentId, callId: call.id, name, mediaType }, content)
      if (file instanceof Fault) return file
      const { id, bytes, sha256, expiresAt } = file
      return {
        file: id,
        name: file.name,
        mediaType: file.mediaType,
        bytes,
        sha256,
        expiresAt: new Date(expiresAt).toISOString(),
      }
    },
  }
}
