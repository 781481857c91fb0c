import type { UsageRow } from '../../src/db/schema.ts'

/** A usage row that the database takes; what matters to a test is given by it. */
export function usageRow(row: Partial<UsageRow> & { call_id: string }): UsageRow {
  return {
    workspace_id: 'ws_1',
    agent_id: 'agt_1',
    key_id: 'key_1',
    connection_id: 'conn_1',
    provider: 'sandbox',
    tool: 'sandbox_whoami',
    effect: 'read',
    environment: 'live',
    surface: 'rest',
    outcome: 'succeeded',
    code: '',
    provider_status: 200,
    attempts: 1,
    started_at: 0,
    duration_ms: 0,
    request_bytes: 0,
    answer_bytes: 0,
    ...row,
  }
}
