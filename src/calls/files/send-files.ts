import type { App } from '../../app.ts'
import type { FileInBody } from '../../catalog/upload.ts'
import { type Sender, sendAs } from '../../connections/send-as.ts'
import { Fault } from '../../core/errors.ts'
import { type OpenFile, openFile } from '../../files/open-file.ts'
import type { BodySource, WireResult } from '../../net/wire.ts'
import type { ReadyCall, TimedRequest } from '../call.ts'
import { intoStore } from './into-store.ts'
import { uploadInChunks } from './upload-in-chunks.ts'

/** Whether this tool sends the content of a file, or brings one. */
export const movesFile = ({ tool: { row } }: ReadyCall): boolean =>
  row.upload !== undefined || row.download !== undefined

/** One try of a request that sends a file or brings one. The content is opened anew for each try. */
export async function sendFiles(
  app: App,
  ready: ReadyCall,
  sender: Sender,
  { upload: sent, ...request }: TimedRequest,
): Promise<WireResult | Fault> {
  const { upload, download } = ready.tool.row
  if (download) return sendAs(app, sender, { ...request, sink: intoStore(app, ready, download) })
  if (!upload || !sent) return sendAs(app, sender, request)
  const { workspaceId, agentId } = ready.call.principal
  const content = await openFile(app, { workspaceId, agentId }, sent.file.id)
  if (content instanceof Fault) return content
  if (upload.kind === 'resumable') return uploadInChunks({ app, ready, sender, request, upload, content })
  return sendAs(app, sender, { ...request, body: bodyOf(sent, content) })
}

function bodyOf({ before, after, file }: FileInBody, content: OpenFile): BodySource {
  const [head, tail] = [Buffer.from(before), Buffer.from(after)]
  return {
    bytes: head.length + file.bytes + tail.length,
    async *open() {
      if (head.length) yield head
      if (file.bytes) yield* content.read()
      if (tail.length) yield tail
    },
  }
}
