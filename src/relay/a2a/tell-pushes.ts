import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import type { Schema } from '../../db/schema.ts'
import { runSoon } from './run-soon.ts'

export const pushKind = 'a2a_push'

/** Lets whoever asked for it be told that this task has changed: in the transaction that changes it, so that none is lost. */
export async function tellPushes(app: App, tx: Transaction<Schema>, taskId: string): Promise<void> {
  const rows = await tx.selectFrom('a2a_pushes').select(['id', 'workspace_id']).where('task_id', '=', taskId).execute()
  for (const row of rows) await runSoon(app, tx, { workspaceId: row.workspace_id, kind: pushKind, subject: row.id })
}
