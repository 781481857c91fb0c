import type { AgentPrincipal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import type { Effect } from '../core/effect.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { Coercion } from '../core/outcome.ts'
import { blankSecrets } from '../core/secret.ts'
import { buildAttempt } from './build-attempt.ts'
import { type CallRequest, shownConnection } from './call.ts'
import { prepareCall } from './prepare-call.ts'
import { callbackUrl } from './provider-jobs/callback-url.ts'
import { type ShownRequest, shownRequest } from './shown-request.ts'

export type Preview = {
  tool: string
  effect: Effect
  needsApproval: boolean
  connection: { id: string; label: string; account: string }
  /** Exactly what a call would send. */
  request: ShownRequest
  coerced: Coercion[]
}

/** What a call with these arguments would send, and to which account. Sends nothing and leaves no usage row. */
export async function previewTool(app: App, principal: AgentPrincipal, request: CallRequest): Promise<Preview | Fault> {
  const startedAt = app.clock.now()
  const call = { id: newId('call', startedAt), startedAt, principal, request }
  const prepared = await prepareCall(app, call)
  if (prepared instanceof Fault) return prepared
  const callback = callbackUrl(app, prepared)
  const ready = {
    ...prepared,
    call: { ...call, request: { ...request, callback: callback && blankSecrets(callback) } },
  }
  const built = buildAttempt(ready)
  if (built instanceof Fault) return built
  const shown = shownRequest(ready, built)
  if (shown instanceof Fault) return shown
  const { tool, connection, coerced } = ready
  return {
    tool: tool.name,
    effect: tool.effect,
    needsApproval: ready.approval !== undefined,
    connection: shownConnection(connection),
    request: shown,
    coerced,
  }
}
