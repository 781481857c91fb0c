import type { App } from '../../app.ts'
import type { Box } from '../box.ts'

/** What is broadcast to the topic from now on does not come any more; what came waits. Harmless where nothing was subscribed. */
export async function unsubscribe(app: App, box: Box, topic: string): Promise<{ topic: string }> {
  app.relay.presence.note(box)
  await app.db.write(tx =>
    tx.deleteFrom('relay_subscriptions').where('agent_id', '=', box.agentId).where('topic', '=', topic).execute(),
  )
  return { topic }
}
