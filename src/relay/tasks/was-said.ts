import type { App } from '../../app.ts'
import { canonicalJson } from '../../core/json.ts'
import type { RelayTaskRow } from '../../db/relay-schema.ts'
import { saidWith } from './get-task.ts'
import type { TaskStep } from './task-state.ts'

/**
 * Whether a step of this task is the same one again: it was taken, and the last time with these words, unless there are none
 * now. Another question, answer or result would be lost if it passed for a repeat.
 */
export async function wasSaid(
  app: App,
  row: RelayTaskRow,
  { step, said }: { step: TaskStep; said: Record<string, unknown> },
): Promise<boolean> {
  const event = await app.db.read
    .selectFrom('relay_task_events')
    .selectAll()
    .where('task_id', '=', row.id)
    .where('step', '=', step)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!event) return false
  const words = canonicalJson(said)
  return words === '{}' || words === canonicalJson(await saidWith(app, row, event))
}
