import type { App } from '../../../app.ts'
import { discoverAgents } from '../../../relay/agents/discover-agents.ts'
import type { Box } from '../../../relay/box.ts'
import { listSubscriptions } from '../../../relay/broadcasts/list-subscriptions.ts'
import { listTopics } from '../../../relay/broadcasts/list-topics.ts'

const agentsMax = 50
const topicsMax = 50

type Filter = { capability?: string | undefined; online?: boolean | undefined; text?: string | undefined }

/** Who is there, in as few words as a model needs to choose, and what is talked about. */
export async function findAgents(app: App, box: Box, filter: Filter): Promise<object> {
  const { items, next } = await discoverAgents(app, box.workspaceId, { ...filter, limit: agentsMax })
  const heard = new Set((await listSubscriptions(app, box)).map(({ topic }) => topic))
  const topics = await listTopics(app, box.workspaceId)
  return {
    agents: items.map(({ id, name, status, capabilities, description, machine, lastSeenAt }) => ({
      name,
      ...(id === box.agentId && { you: true }),
      status,
      capabilities,
      ...(description && { description }),
      ...(machine && { machine }),
      ...(status === 'stale' && { lastSeenAt }),
    })),
    ...(next !== null && { more: `Only the first ${agentsMax} are shown: narrow it down.` }),
    topics: topics
      .slice(0, topicsMax)
      .map(({ topic, subscribers }) => ({ topic, subscribers, ...(heard.has(topic) && { heard: true }) })),
  }
}
