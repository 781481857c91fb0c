import type { Principal } from '../accounts/principal.ts'
import type { Tool } from '../catalog/catalog.ts'
import { Fault } from '../core/errors.ts'
import type { ConnectionRow } from '../db/schema.ts'

/** Whether this principal may make this call on this connection. Pure. */
export function applyPolicy(principal: Principal, tool: Tool, connection: ConnectionRow): Fault | undefined {
  if (connection.workspace_id !== principal.workspaceId || connection.environment !== principal.environment) {
    return new Fault('forbidden', `This key may not use ${connection.label} for ${tool.name}.`)
  }
  return undefined
}
