import { hash } from 'node:crypto'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import { Fault } from '../../core/errors.ts'
import { canonicalJson } from '../../core/json.ts'
import type { Call, CallRequest, Keyed } from '../call.ts'

/** Whether a text can be an idempotency key: 1 to 255 printable characters of ASCII. */
export function isIdempotencyKey(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text)
}

/** What a caller hears whose key is none. `field`: where it was given. */
export function notAKey(field: string, more = ''): Fault {
  return new Fault('validation_error', `The ${field} is not valid.`, {
    invalidFields: [{ field, problem: `must be one text of 1 to 255 printable ASCII characters${more}` }],
    fix: 'Send one key, such as a UUID, and the same one whenever you repeat the same call.',
  })
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
