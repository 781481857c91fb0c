import type { App } from '../app.ts'
import type { Tool } from '../catalog/catalog.ts'
import type { Outcome } from '../core/outcome.ts'
import { blankSecrets } from '../core/secret.ts'
import type { Call, Effort, EndedCall, ReadyCall } from './call.ts'

const noEffort: Effort = { attempts: 0, requestBytes: 0, answerBytes: 0, providerStatus: 0 }

/**
 * Ends a call: its usage row is durable before anyone hears of the outcome. When the row cannot be written this throws,
 * and the caller gets an `internal` error instead of an answer that the record does not know.
 */
export async function closeCall(
  app: App,
  call: Call,
  outcome: Outcome,
  {
    ready,
    tool = ready?.tool,
    effort = noEffort,
  }: { ready?: ReadyCall; tool?: Tool | undefined; effort?: Effort } = {},
): Promise<EndedCall> {
  const { principal, request } = call
  const connection = ready?.connection
  await app.db.insert('usage', {
    call_id: call.id,
    workspace_id: principal.workspaceId,
    agent_id: principal.agentId,
    key_id: principal.keyId,
    connection_id: connection?.id ?? '',
    provider: tool?.provider.slug ?? '',
    tool: tool?.name ?? unknownName(request.tool),
    effect: tool?.effect ?? '',
    environment: principal.environment,
    surface: request.surface,
    outcome: outcome.kind,
    code: outcome.kind === 'succeeded' ? '' : outcome.fault.code,
    provider_status: effort.providerStatus,
    attempts: effort.attempts,
    started_at: call.startedAt,
    duration_ms: app.clock.now() - call.startedAt,
    request_bytes: effort.requestBytes,
    answer_bytes: effort.answerBytes,
  })
  return {
    id: call.id,
    tool: request.tool,
    outcome,
    coerced: ready?.coerced ?? [],
    ...(connection && {
      connection: { id: connection.id, label: connection.label, account: connection.account_label },
    }),
  }
}

/** A name that is no tool's, as it can be stored and shown: whatever a caller put there, a key by mistake too. */
function unknownName(name: string): string {
  return blankSecrets(name)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 100)
}
