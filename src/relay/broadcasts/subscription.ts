import type { RelaySubscriptionRow } from '../../db/relay-schema.ts'
import { listIn } from '../agents/agent.ts'

/** What an agent hears of. Times are ISO 8601. */
export type Subscription = {
  topic: string
  /** Of which one must be there; empty for every broadcast of the topic. */
  tags: string[]
  createdAt: string
}

export function viewOfSubscription({
  topic,
  tags,
  created_at,
}: Pick<RelaySubscriptionRow, 'topic' | 'tags' | 'created_at'>): Subscription {
  return { topic, tags: listIn(tags), createdAt: new Date(created_at).toISOString() }
}
