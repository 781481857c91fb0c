import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Tool } from '../../catalog/catalog.ts'
import type { FileFacts } from '../../catalog/upload.ts'
import { Fault } from '../../core/errors.ts'
import { fileOf } from '../../files/file.ts'
import { findFile } from '../../files/open-file.ts'

/**
 * What is known of the file that the arguments of a sending tool name. A handle that is nobody's or another agent's, or whose
 * time is over, is a wrong argument, and so is a file larger than the provider takes: both are told before anything is sent.
 */
export async function fileOfCall(
  app: App,
  { workspaceId, agentId }: Pick<AgentPrincipal, 'workspaceId' | 'agentId'>,
  tool: Tool,
  args: Record<string, unknown>,
): Promise<FileFacts | Fault | undefined> {
  const { upload } = tool.row
  if (!upload) return undefined
  const row = await findFile(app, { workspaceId, agentId }, String(args[upload.file]))
  if (!row) {
    return wrongFile(
      upload.file,
      'is not a file of yours, or its time is over',
      'Upload the file again, and give its new handle.',
    )
  }
  const { id, name, mediaType, bytes, sha256 } = fileOf(row)
  const { bytesMax = Number.POSITIVE_INFINITY } = upload
  if (bytes > bytesMax) {
    const problem = `has ${bytes} bytes, and ${tool.provider.connector.name} takes ${bytesMax} here`
    return wrongFile(upload.file, problem, 'Send a smaller file, or use another tool for large ones if there is one.')
  }
  return { id, name, mediaType, bytes, sha256 }
}

function wrongFile(field: string, problem: string, fix: string): Fault {
  return new Fault('validation_error', `The argument ${field} ${problem}.`, {
    invalidFields: [{ field, problem }],
    fix,
  })
}
