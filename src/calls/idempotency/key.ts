import { hash } from 'node:crypto'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import { canonicalJson } from '../../core/json.ts'
import type { Call, CallRequest, Keyed } from '../call.ts'

/** Whether a text can be an idempotency key: 1 to 255 printable characters of ASCII. */
export function isIdempotencyKey(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text)
}

/** The key of a call as it is stored and compared. Pure. */
export function keyedOf({ id, principal, request }: Call, key: string): Keyed {
  return { id: idOf(principal, key), digest: digestOfRequest(principal, request), owner: id }
}

/** A key belongs to one agent of one workspace: the same text of another agent is another key. */
function idOf({ workspaceId, agentId }: AgentPrincipal, key: string): string {
  return hash('sha256', canonicalJson([workspaceId, agentId, key]))
}

/** What was asked, as it was asked; the reason that was given beside it does not count. */
function digestOfRequest(
  { environment }: AgentPrincipal,
  { tool, arguments: args, connection, next, all = false }: CallRequest,
): string {
  return hash('sha256', canonicalJson({ environment, tool, arguments: args, connection, next, all }))
}
