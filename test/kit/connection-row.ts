import type { ConnectionRow } from '../../src/db/schema.ts'

/** A connection as the database gives it, for what is decided about one. */
export const connectionRow = (more: Partial<ConnectionRow> = {}): ConnectionRow => ({
  id: 'conn_1',
  workspace_id: 'ws_1',
  provider: 'demo',
  label: 'work',
  environment: 'live',
  account_id: '1',
  account_label: 'me',
  is_default: 0,
  created_at: 0,
  auth: 'api_key',
  oauth_app_id: '',
  asked_scopes: '[]',
  granted_scopes: '',
  metadata: '{}',
  state: 'healthy',
  state_reason: '',
  state_at: 0,
  secret_ref: '',
  created_by: '',
  ...more,
})
