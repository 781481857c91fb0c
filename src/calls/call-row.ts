import type { CallRow } from '../db/schema.ts'
import type { ReadyCall } from './call.ts'

/** A call as the row that outlives its request. */
export function callRow(
  { call, tool, connection }: ReadyCall,
  { digest, state, sentAt }: { digest: string; state: CallRow['state']; sentAt: number | null },
): CallRow {
  const { workspaceId, agentId, keyId, environment } = call.principal
  return {
    id: call.id,
    workspace_id: workspaceId,
    agent_id: agentId,
    key_id: keyId,
    environment,
    surface: call.request.surface,
    tool: tool.name,
    connection_id: connection.id,
    digest,
    state,
    started_at: call.startedAt,
    sent_at: sentAt,
    ended_at: null,
    canceled_at: null,
    progress: '',
    paused: '',
  }
}
