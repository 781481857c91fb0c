import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import { blankSecrets } from '../../core/secret.ts'
import { buildAttempt } from '../build-attempt.ts'
import type { ReadyCall } from '../call.ts'
import { digestOf } from '../digest.ts'
import { fileOfCall } from '../files/file-of-call.ts'
import { findTool } from '../find-tool.ts'
import { callOf, keptRequest } from '../parked.ts'
import { type ShownRequest, shownRequest } from '../shown-request.ts'
import { type Approval, approvalOf, selectApprovals } from './approval.ts'

export type ApprovalDetail = Approval & {
  /** Exactly what would be sent; the credential, and what is secret of a callback, show as `•••`. Null when that cannot be said, or is not kept any more. */
  preview: ShownRequest | null
  /** As they would be sent. */
  arguments: Record<string, unknown> | null
  /** What the approval is bound to. */
  digest: string
}

/** One approval with the exact request, made anew from what is sealed. A request that does not fit the digest is not shown. */
export async function getApproval(app: App, workspaceId: string, id: string): Promise<ApprovalDetail | Fault> {
  const row = isId('appr', id)
    ? await selectApprovals(app, workspaceId).where('approvals.id', '=', id).executeTakeFirst()
    : undefined
  if (!row) return noApproval(id)
  const ready = await readyAgain(app, row.call_id)
  const fits = !(ready instanceof Fault) && digestOf(ready) === row.digest
  return {
    ...approvalOf(row, app.clock.now()),
    preview: fits ? previewOf(ready) : null,
    arguments: fits ? ready.args : null,
    digest: row.digest,
  }
}

export function noApproval(id: string): Fault {
  return new Fault('not_found', `There is no approval "${id.slice(0, 100)}" in this workspace.`)
}

/** The call as it would be sent now, without asking anew whether it may be. */
async function readyAgain(app: App, callId: string): Promise<ReadyCall | Fault> {
  const row = await app.db.read.selectFrom('calls').selectAll().where('id', '=', callId).executeTakeFirstOrThrow()
  const tool = findTool(app.catalog, row.tool)
  const request = await keptRequest(app, row)
  const connection = await app.db.read
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', row.connection_id)
    .executeTakeFirst()
  if (tool instanceof Fault) return tool
  if (request instanceof Fault) return request
  if (!connection) return new Fault('connection_not_found', 'The connection of this call is gone.')
  const valid = app.validator.validate(tool, request.arguments)
  if (valid instanceof Fault) return valid
  // Whoever knows all of that URL could pass for the provider.
  const { callback } = request
  const shown = { ...request, ...(callback !== undefined && { callback: blankSecrets(callback) }) }
  const call = { ...callOf(row), request: shown }
  const file = await fileOfCall(app, call.principal, tool, valid.args)
  return file instanceof Fault ? file : { ...valid, call, tool, connection, ...(file && { file }) }
}

function previewOf(ready: ReadyCall): ApprovalDetail['preview'] {
  const built = buildAttempt(ready)
  if (built instanceof Fault) return null
  const shown = shownRequest(ready, built)
  return shown instanceof Fault ? null : shown
}
