import { randomUUID } from 'node:crypto'
import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { discoverAgents } from '../../../relay/agents/discover-agents.ts'
import { heartbeat } from '../../../relay/agents/heartbeat.ts'
import { registerAgent } from '../../../relay/agents/register-agent.ts'
import { followAll } from './broadcast.ts'
import type { Requests } from './requests.ts'
import { seedAgent, seedAgentsOf } from './view.ts'
import { newBox, ownBox } from './who.ts'

/** Emitted with the agent that has registered, to who is connected at this process just now. */
export const joinedTopic = (workspaceId: string) => `relay agent joined ${workspaceId}`

const shortId = (length: number) => randomUUID().slice(0, length)

/** `address`: where the request came from, for an agent that does not name its machine. */
export async function register(
  app: App,
  principal: AgentPrincipal,
  { agent_id, name, capabilities, machine, description }: Requests['register'],
  address: string,
) {
  const agentId = agent_id ?? shortId(8)
  const box = await newBox(app, principal, agentId)
  if (box instanceof Fault) return box
  const agent = await registerAgent(app, box, {
    name: name ?? `agent-${shortId(4)}`,
    capabilities,
    machine: machine ?? address,
    description,
  })
  if (agent instanceof Fault) return agent
  const following = await followAll(app, box)
  if (following) return following
  const shown = seedAgent(
    agent,
    agent.devices.find(({ device }) => device === box.device),
  )
  const joined = { type: 'agent_joined', agent: shown, timestamp: isoNow(app) }
  app.wakes.emit(joinedTopic(box.workspaceId), box, joined)
  return { status: 'registered', agent: shown, server_time: isoNow(app) }
}

/** Every agent that has registered and not left, those that have gone quiet too: their status says so. */
export async function discover(app: App, workspaceId: string) {
  const agents = []
  let after: string | undefined
  do {
    const { items, next } = await discoverAgents(app, workspaceId, { after, limit: 1000 })
    agents.push(...items.flatMap(seedAgentsOf))
    after = next ?? undefined
  } while (after !== undefined)
  return { agents, count: agents.length, server_time: isoNow(app) }
}

export async function beat(app: App, principal: AgentPrincipal, { agent_id }: Requests['heartbeat']) {
  const box = await ownBox(app, principal, agent_id)
  if (box instanceof Fault) return box
  const alive = box && (await heartbeat(app, box))
  return { status: !alive || alive instanceof Fault ? 'unknown_agent' : 'ok' }
}

export const isoNow = ({ relay }: App) => new Date(relay.now()).toISOString()
