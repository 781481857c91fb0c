import type { App } from '../../app.ts'
import { runTask } from './due-tasks.ts'

/** So many tasks are given out at once when somebody comes who can do them; the rest follows within seconds. */
const atOnce = 20

/** Tasks that nobody could do until now, for who has just come and can. */
export async function hurryUnassigned(app: App, workspaceId: string, capabilities: readonly string[]): Promise<void> {
  if (!capabilities.length) return
  const rows = await app.db.read
    .selectFrom('relay_tasks')
    .selectAll()
    .where('to_agent', '=', '')
    .where('workspace_id', '=', workspaceId)
    // Whatever the case, as agents are chosen.
    .where(
      ({ fn }) => fn<string>('lower', ['capability']),
      'in',
      capabilities.map(each => each.toLowerCase()),
    )
    .where('ended_at', 'is', null)
    .orderBy('id')
    .limit(atOnce)
    .execute()
  for (const row of rows) await runTask(app, row)
}
