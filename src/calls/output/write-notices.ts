import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { firstId } from '../../core/ids.ts'
import type { Schema, ToolNoticeRow } from '../../db/schema.ts'
import { recordEvent } from '../../events/record-event.ts'
import { mismatchLastsMs } from './tool-health.ts'

/** One notice about one tool: how often since it was written last, and when first and last since then. */
export type Note = {
  workspaceId: string
  tool: string
  kind: ToolNoticeRow['kind']
  value: string
  count: number
  firstAt: number
  lastAt: number
}

/** An event tells of a tool's mismatches at most this often. */
const eventEveryMs = 60 * 60_000

/** Adds notes to what is known of their tools. Mismatches raise an event. */
export async function writeNotices(app: App, notes: readonly Note[]): Promise<void> {
  // In one order: two processes that write the same rows must not wait for each other.
  const sorted = notes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  await app.db.write(async tx => {
    for (const note of sorted) {
      await upsert(tx, note)
      if (note.kind === 'output_mismatch') await tell(app, tx, note)
    }
  })
}

const keyOf = ({ workspaceId, tool, kind }: Note) => `${workspaceId} ${tool} ${kind}`

/** Mismatches are counted since the last day without one. */
async function upsert(tx: Transaction<Schema>, { workspaceId, tool, kind, value, count, ...at }: Note): Promise<void> {
  const anewSince = kind === 'output_mismatch' ? at.lastAt - mismatchLastsMs : 0
  await tx
    .insertInto('tool_notices')
    .values({ workspace_id: workspaceId, tool, kind, value, count, first_at: at.firstAt, last_at: at.lastAt })
    .onConflict(on =>
      on.columns(['workspace_id', 'tool', 'kind']).doUpdateSet(q => {
        const isOld = q('tool_notices.last_at', '<=', anewSince)
        return {
          value,
          last_at: at.lastAt,
          first_at: q.case().when(isOld).then(q.ref('excluded.first_at')).else(q.ref('tool_notices.first_at')).end(),
          count: q
            .case()
            .when(isOld)
            .then(q.ref('excluded.count'))
            .else(q('tool_notices.count', '+', q.ref('excluded.count')))
            .end(),
        }
      }),
    )
    .execute()
}

/** The row of the notice is held by now, so of several processes one looks after the other. */
async function tell(app: App, tx: Transaction<Schema>, { workspaceId, tool, value, lastAt }: Note): Promise<void> {
  const type = 'tool.output_mismatch'
  const told = await tx
    .selectFrom('events')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '>=', firstId('evt', lastAt - eventEveryMs))
    .where('type', '=', type)
    .where('subject', '=', tool)
    .limit(1)
    .execute()
  if (told.length) return
  const known = app.catalog.tools.get(tool)
  const facts = { provider: known?.provider.slug ?? null, version: known?.version ?? null, problem: value }
  await recordEvent(tx, app, { workspaceId, type, subject: tool, facts })
}
