import type { App } from '../../app.ts'
import { agentsAbleTo } from '../agents/discover-agents.ts'
import { takeRoom } from '../messages/room.ts'
import { nextAssignee } from './look-at-task.ts'

/**
 * The id of the agent that gets a task by capability next, or undefined while nobody suitable is online and has room for so
 * many bytes, which then count.
 */
export async function chooseAssignee(
  app: App,
  {
    workspaceId,
    capability,
    tried,
    not,
    bytes,
  }: { workspaceId: string; capability: string; tried: string[]; not: string[]; bytes: number },
): Promise<string | undefined> {
  const able = (await agentsAbleTo(app, workspaceId, capability)).filter(id => !not.includes(id))
  if (!able.length) return undefined
  const counts = await app.db.read
    .selectFrom('relay_tasks')
    .select(({ fn }) => ['to_agent', fn.countAll<number>().as('open')])
    .where('to_agent', 'in', able)
    .where('ended_at', 'is', null)
    .groupBy('to_agent')
    .execute()
  const open = new Map(counts.map(row => [row.to_agent, Number(row.open)]))
  let left = able.map(id => ({ id, open: open.get(id) ?? 0 }))
  for (;;) {
    const next = nextAssignee(left, { tried, not }, app.random())
    if (next === undefined || !(await takeRoom(app, { id: next, name: '' }, bytes))) return next
    left = left.filter(({ id }) => id !== next)
  }
}
