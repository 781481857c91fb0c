import type { App } from '../../app.ts'

export type Topic = {
  topic: string
  /** How many agents subscribe to it. */
  subscribers: number
  /** How many broadcasts to it can be read. */
  broadcasts: number
  /** ISO 8601; null when none can be read. */
  lastAt: string | null
}

const topicsMax = 1_000

/** The topics that somebody subscribes to or that can be read about: those with the latest broadcast first, up to 1,000. */
export async function listTopics({ db }: App, workspaceId: string): Promise<Topic[]> {
  const subscribed = await db.read
    .selectFrom('relay_subscriptions')
    .select(({ fn }) => ['topic', fn.countAll<number>().as('count')])
    .where('workspace_id', '=', workspaceId)
    .groupBy('topic')
    .execute()
  const told = await db.read
    .selectFrom('relay_broadcasts')
    .select(({ fn }) => ['topic', fn.countAll<number>().as('count'), fn.max('created_at').as('at')])
    .where('workspace_id', '=', workspaceId)
    .groupBy('topic')
    .execute()
  const subscribers = new Map(subscribed.map(({ topic, count }) => [topic, Number(count)]))
  const broadcasts = new Map(told.map(({ topic, count, at }) => [topic, { count: Number(count), at: Number(at) }]))
  return [...new Set([...broadcasts.keys(), ...subscribers.keys()])]
    .map(topic => ({
      topic,
      subscribers: subscribers.get(topic) ?? 0,
      ...(broadcasts.get(topic) ?? { count: 0, at: 0 }),
    }))
    .sort((a, b) => b.at - a.at || (a.topic < b.topic ? -1 : 1))
    .slice(0, topicsMax)
    .map(({ topic, subscribers, count, at }) => ({
      topic,
      subscribers,
      broadcasts: count,
      lastAt: at ? new Date(at).toISOString() : null,
    }))
}
