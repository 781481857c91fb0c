import { expect, test } from 'vitest'
import { buildCatalog } from '../catalog/catalog.ts'
import { apiKey, connector, tool } from '../catalog/define.ts'
import type { ConnectionRow } from '../db/schema.ts'
import { applyPolicy } from './policy.ts'

const demo = connector({
  name: 'Demo',
  about: 'A demo.',
  auth: [apiKey({ label: 'key' })],
  account: { request: 'GET /me', id: 'id', label: 'name' },
  api: { base: 'https://demo.example' },
  tools: { read: tool({ about: 'Read.', input: {}, request: 'GET /read' }) },
})
const read = buildCatalog({ demo }).tools.get('demo_read')

const connection: ConnectionRow = {
  id: 'conn_1',
  workspace_id: 'ws_1',
  provider: 'demo',
  label: 'work',
  environment: 'live',
  account_id: '1',
  account_label: 'me',
  is_default: 1,
  created_at: 0,
}
const principal = {
  kind: 'agent',
  workspaceId: 'ws_1',
  agentId: 'agt_1',
  keyId: 'key_1',
  environment: 'live',
  scope: {},
  callsPerMinute: null,
  callsPerDay: null,
} as const

test('a connection is used by its own workspace and environment alone', () => {
  if (!read) throw new Error('no tool')
  expect(applyPolicy(principal, read, connection)).toBeUndefined()
  for (const other of [{ workspaceId: 'ws_2' }, { environment: 'test' as const }]) {
    expect(applyPolicy({ ...principal, ...other }, read, connection)).toMatchObject({ code: 'forbidden' })
  }
})
