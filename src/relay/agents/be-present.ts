import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { type Registration, registerAgent } from './register-agent.ts'

/** Registers an agent that uses the relay for the first time, or has left; changes what it says of itself where it says something. */
export async function bePresent(app: App, box: Box, said: Registration = {}): Promise<Fault | undefined> {
  const known = await app.db.read
    .selectFrom('relay_devices')
    .select('device')
    .where('agent_id', '=', box.agentId)
    .where('device', '=', box.device)
    .where('left_at', 'is', null)
    .executeTakeFirst()
  if (known && Object.values(said).every(each => each === undefined)) return undefined
  const agent = await registerAgent(app, box, said)
  return agent instanceof Fault ? agent : undefined
}
