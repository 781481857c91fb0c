import type { App } from '../../app.ts'
import type { RelayBroadcastRow } from '../../db/relay-schema.ts'
import { listIn } from '../agents/agent.ts'
import { messageIdFor } from '../messages/message.ts'
import { type NewMessage, type Prepared, prepareMessages } from '../messages/new-message.ts'
import { freeRoom, takeRoom } from '../messages/room.ts'
import { messageLastsMs } from '../retention.ts'
import { everyTopic, wantsTags } from './topic.ts'

/** A broadcast as its row has it, but for what the database gives, and the size of the JSON that its copies share. */
export type Original = Omit<RelayBroadcastRow, 'seq'> & { bytes: number }

/** `wants`: the tags of each of its subscriptions that this is about. */
type Subscriber = { id: string; name: string; wants: string[][] }

/** So many subscribers get their copies in one transaction. */
export const copiesAtOnce = 200

/** Until when a copy waits in its mailbox. */
export const copyExpiresAt = (app: App, createdAt: number) => createdAt + messageLastsMs(app)

/**
 * Those who subscribed to the topic, or to all of them, before the broadcast, with a key that still holds, and have not left;
 * in the order of their ids. Of a topic with many subscribers some at a time, `after` the last one.
 */
export async function subscribersAfter(
  { db }: App,
  { workspace_id, topic, created_at }: Original,
  { after, limit }: { after: string; limit: number },
): Promise<Subscriber[]> {
  const topics = [topic, everyTopic]
  const agents = await db.read
    .selectFrom('relay_subscriptions as s')
    .innerJoin('agents', 'agents.id', 's.agent_id')
    .leftJoin('relay_agents as r', 'r.agent_id', 's.agent_id')
    .distinct()
    .select(['agents.id', 'agents.name'])
    .where('s.workspace_id', '=', workspace_id)
    .where('s.topic', 'in', topics)
    .where('s.created_at', '<=', created_at)
    .where('s.agent_id', '>', after)
    .where('r.left_at', 'is', null)
    .where('s.agent_id', 'in', ({ selectFrom }) =>
      selectFrom('keys').select('agent_id').where('workspace_id', '=', workspace_id).where('revoked_at', 'is', null),
    )
    .orderBy('agents.id')
    .limit(limit)
    .execute()
  if (!agents.length) return []
  const rows = await db.read
    .selectFrom('relay_subscriptions')
    .select(['agent_id', 'tags'])
    .where(
      'agent_id',
      'in',
      agents.map(({ id }) => id),
    )
    .where('topic', 'in', topics)
    .where('created_at', '<=', created_at)
    .execute()
  const byAgent = Map.groupBy(rows, ({ agent_id }) => agent_id)
  return agents.map(agent => ({ ...agent, wants: (byAgent.get(agent.id) ?? []).map(({ tags }) => listIn(tags)) }))
}

/** Copies that are ready to be put into their mailboxes. */
export type Copies = {
  prepared: Prepared
  to: string[]
  /** How many subscribers have no room for it. */
  refused: number
  /** Gives the room back, when so many were not stored. */
  undo(): void
}

/** A copy for each of these who wants it by its tags and has room for it. The id of a copy makes a second one impossible. */
export async function copiesFor(app: App, original: Original, subscribers: readonly Subscriber[]): Promise<Copies> {
  const tags = listIn(original.tags)
  const wanting = subscribers.filter(({ wants }) => wants.some(wanted => wantsTags(wanted, tags)))
  const full = await Promise.all(wanting.map(agent => takeRoom(app, agent, original.bytes)))
  const to = wanting.flatMap(({ id }, i) => (full[i] ? [] : [id]))
  return {
    prepared: await prepareMessages(
      app,
      to.map(id => copyFor(app, original, id)),
    ),
    to,
    refused: wanting.length - to.length,
    undo() {
      for (const id of to) freeRoom(app, id, 1, original.bytes)
    },
  }
}

/** One for each subscriber. A broadcast that was forgotten may be made again under its id, while copies of the former one are kept. */
export const copyIdFor = (
  { workspace_id, id, created_at }: Pick<Original, 'workspace_id' | 'id' | 'created_at'>,
  agentId: string,
) => messageIdFor(workspace_id, `${id} ${created_at}`, agentId)

function copyFor(app: App, original: Original, agentId: string): NewMessage {
  return {
    id: copyIdFor(original, agentId),
    workspaceId: original.workspace_id,
    mailbox: agentId,
    from: { agentId: original.from_agent, device: original.from_device },
    kind: 'broadcast',
    priority: 'normal',
    contentId: original.id,
    contentBytes: original.bytes,
    expiresAt: copyExpiresAt(app, original.created_at),
  }
}
