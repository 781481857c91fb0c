import type { App } from '../../app.ts'
import type { Box } from '../box.ts'
import { type Subscription, viewOfSubscription } from './subscription.ts'

/** What this agent hears of, by topic. */
export async function listSubscriptions({ db }: App, { agentId }: Box): Promise<Subscription[]> {
  const rows = await db.read
    .selectFrom('relay_subscriptions')
    .select(['topic', 'tags', 'created_at'])
    .where('agent_id', '=', agentId)
    .orderBy('topic')
    .execute()
  return rows.map(viewOfSubscription)
}
