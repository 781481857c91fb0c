import type { ToolNoticeRow } from '../../db/schema.ts'

const dayMs = 24 * 60 * 60_000
/** A mismatch says how a tool does for this long; as nobody sees every answer, it heals by not coming back. */
export const mismatchLastsMs = dayMs
/** What a provider says of its plans with every answer is withdrawn when it has not said it for this long. */
const plansLastMs = 30 * dayMs

export type NoticeView = { kind: ToolNoticeRow['kind']; value: string; count: number; firstAt: string; lastAt: string }

export type ToolHealth = { status: 'ok' | 'mismatch' | 'deprecated'; notices: NoticeView[] }

/** How a tool does, by what was noticed about it in this workspace. Pure. */
export function healthOf(rows: readonly ToolNoticeRow[], nowMs: number): ToolHealth {
  const kinds = new Set(rows.filter(row => stands(row, nowMs)).map(({ kind }) => kind))
  const isGoing = kinds.has('deprecation') || kinds.has('sunset')
  return {
    status: kinds.has('output_mismatch') ? 'mismatch' : isGoing ? 'deprecated' : 'ok',
    notices: rows.map(viewOf),
  }
}

/** Whether a notice still holds. Pure. */
export function stands({ kind, last_at }: ToolNoticeRow, nowMs: number): boolean {
  return nowMs - last_at < (kind === 'output_mismatch' ? mismatchLastsMs : plansLastMs)
}

export function viewOf({ kind, value, count, first_at, last_at }: ToolNoticeRow): NoticeView {
  return {
    kind,
    value,
    count,
    firstAt: new Date(first_at).toISOString(),
    lastAt: new Date(last_at).toISOString(),
  }
}
