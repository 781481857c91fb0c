import type { App } from '../app.ts'
import { connectLink } from '../connections/links.ts'
import { connectionsOf, pickConnection } from '../connections/pick-connection.ts'
import { Fault } from '../core/errors.ts'
import type { Call, ReadyCall } from './call.ts'
import { fileOfCall } from './files/file-of-call.ts'
import { findTool } from './find-tool.ts'
import { applyPolicy } from './policy/apply-policy.ts'
import { rulesOf } from './policy/rules-of.ts'

/**
 * Everything that is decided before a request is built, in the order in which a caller can act on it: the tool, the
 * arguments, the account, the permission. A preview takes exactly this way too.
 */
export async function prepareCall(app: App, call: Call): Promise<ReadyCall | Fault> {
  const { request, principal } = call
  const tool = findTool(app.catalog, request.tool)
  if (tool instanceof Fault) return tool
  const valid = app.validator.validate(tool, request.arguments)
  if (valid instanceof Fault) return valid
  const provider = tool.provider.slug
  const found = connectionsOf(app, principal.workspaceId, provider)
  const rows = found instanceof Promise ? await found : found
  const connection = pickConnection(rows, {
    provider,
    requested: request.connection,
    principal,
    link: () => connectLink(app, provider),
  })
  if (connection instanceof Fault) return connection
  const known = rulesOf(app, principal.workspaceId)
  const rules = known instanceof Promise ? await known : known
  const decided = applyPolicy(principal, { tool, connection, args: valid.args }, rules, app.clock.now())
  if (decided instanceof Fault) return decided
  const file = tool.row.upload ? await fileOfCall(app, principal, tool, valid.args) : undefined
  if (file instanceof Fault) return file
  const ready: ReadyCall = { call, tool, args: valid.args, coerced: valid.coerced, connection, ...(file && { file }) }
  return decided.decision === 'ask' ? { ...ready, approval: decided } : ready
}
