import { expect, test } from 'vitest'
import type { ToolNoticeRow } from '../../db/schema.ts'
import { healthOf } from './tool-health.ts'

const hourMs = 3_600_000
const now = Date.UTC(2026, 5, 1)
const row = (kind: ToolNoticeRow['kind'], hoursAgo: number): ToolNoticeRow => ({
  workspace_id: 'ws',
  tool: 'demo_act',
  kind,
  value: 'x',
  count: 3,
  first_at: now - 2000 * hourMs,
  last_at: now - hoursAgo * hourMs,
})

test.each<[string, ToolNoticeRow[]]>([
  ['ok', []],
  ['ok', [row('version', 1)]],
  ['mismatch', [row('output_mismatch', 23)]],
  ['ok', [row('output_mismatch', 24)]],
  ['deprecated', [row('deprecation', 1)]],
  ['deprecated', [row('sunset', 700)]],
  ['ok', [row('deprecation', 720), row('sunset', 720)]],
  ['mismatch', [row('deprecation', 1), row('output_mismatch', 1)]],
  ['deprecated', [row('deprecation', 1), row('output_mismatch', 30)]],
])('is %s after %j', (status, rows) => {
  expect(healthOf(rows, now)).toEqual({
    status,
    notices: rows.map(({ kind, last_at }) => ({
      kind,
      value: 'x',
      count: 3,
      firstAt: new Date(now - 2000 * hourMs).toISOString(),
      lastAt: new Date(last_at).toISOString(),
    })),
  })
})
