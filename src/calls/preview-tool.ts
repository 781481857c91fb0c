import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { maskedHeaders } from '../connections/apply-credential.ts'
import type { Effect } from '../core/effect.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { Coercion } from '../core/outcome.ts'
import { buildAttempt } from './build-attempt.ts'
import type { CallRequest } from './call.ts'
import { prepareCall } from './prepare-call.ts'

export type Preview = {
  tool: string
  effect: Effect
  needsApproval: boolean
  connection: { id: string; label: string; account: string }
  /** Exactly what a call would send; the credential shows as `•••`. `body` is parsed JSON. */
  request: { method: string; url: string; headers: Record<string, string>; body?: unknown }
  coerced: Coercion[]
}

/** What a call with these arguments would send, and to which account. Sends nothing and leaves no usage row. */
export async function previewTool(app: App, principal: AgentPrincipal, request: CallRequest): Promise<Preview | Fault> {
  const startedAt = app.clock.now()
  const ready = await prepareCall(app, { id: newId('call', startedAt), startedAt, principal, request })
  if (ready instanceof Fault) return ready
  const built = buildAttempt(ready)
  if (built instanceof Fault) return built
  const { tool, connection, coerced } = ready
  const [auth] = tool.provider.connector.auth
  const { method, url, headers, body } = built
  return {
    tool: tool.name,
    effect: tool.effect,
    needsApproval: ready.approval !== undefined,
    connection: { id: connection.id, label: connection.label, account: connection.account_label },
    request: {
      method,
      url,
      headers: { ...headers, ...maskedHeaders(auth) },
      ...(body !== undefined && { body: JSON.parse(body) as unknown }),
    },
    coerced,
  }
}
