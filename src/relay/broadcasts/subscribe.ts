import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Box } from '../box.ts'
import { type Subscription, viewOfSubscription } from './subscription.ts'
import { badTopic, tagSet } from './topic.ts'

const subscriptionsMax = 1_000

/**
 * From now on this agent gets what is broadcast to the topic, or of it only what has one of these tags. Of a topic that it
 * subscribes to already, the tags change. It holds until `unsubscribe`, whether the agent is online or not.
 */
export async function subscribe(
  app: App,
  box: Box,
  { topic, tags = [] }: { topic: string; tags?: string[] | undefined },
): Promise<Subscription | Fault> {
  const bad = badTopic({ topic, tags })
  if (bad) return bad
  app.relay.presence.note(box)
  const now = app.relay.now()
  const set = JSON.stringify(tagSet(tags))
  const row = await app.db.write(async tx => {
    const others = await tx
      .selectFrom('relay_subscriptions')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('agent_id', '=', box.agentId)
      .where('topic', '!=', topic)
      .executeTakeFirstOrThrow()
    if (Number(others.count) >= subscriptionsMax) return undefined
    return tx
      .insertInto('relay_subscriptions')
      .values({ agent_id: box.agentId, topic, workspace_id: box.workspaceId, tags: set, created_at: now })
      .onConflict(on => on.columns(['agent_id', 'topic']).doUpdateSet({ tags: set }))
      .returning(['topic', 'tags', 'created_at'])
      .executeTakeFirstOrThrow()
  })
  if (row) return viewOfSubscription(row)
  return new Fault('quota_exceeded', `An agent subscribes to ${subscriptionsMax} topics at most.`, {
    fix: 'Unsubscribe from a topic first.',
  })
}
