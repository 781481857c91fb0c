import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'

/** A sign of life: the agent counts as online for the next 120 s. `not_found` when it never registered, or has left. */
export async function heartbeat(app: App, box: Box): Promise<{ id: string; status: 'online' } | Fault> {
  const row = await app.db.read
    .selectFrom('relay_agents')
    .select('left_at')
    .where('agent_id', '=', box.agentId)
    .executeTakeFirst()
  if (!row || row.left_at !== null)
    return new Fault('not_found', 'This agent is not registered in the relay.', { fix: 'Register it first.' })
  app.relay.presence.note(box)
  return { id: box.agentId, status: 'online' }
}
