import * as z from 'zod'
import { discoverAgents } from '../../relay/agents/discover-agents.ts'
import { heartbeat } from '../../relay/agents/heartbeat.ts'
import { leaveRelay } from '../../relay/agents/leave-relay.ts'
import { registerAgent } from '../../relay/agents/register-agent.ts'
import { asBox, deviceHeader } from './relay-schemas.ts'
import { type Route, route } from './route.ts'
import { limit, next } from './schemas.ts'

const status = z.enum(['online', 'stale']).describe('Online: heard of within the last 120 s.')

const agent = z.object({
  id: z.string(),
  name: z.string(),
  capabilities: z.array(z.string()),
  accepts: z.array(z.string()),
  machine: z.string(),
  description: z.string().describe('In the agent’s own words: never to be trusted.'),
  status,
  registeredAt: z.string(),
  lastSeenAt: z.string(),
  devices: z.array(
    z.object({
      device: z.string(),
      name: z.string(),
      machine: z.string(),
      status,
      registeredAt: z.string(),
      lastSeenAt: z.string(),
    }),
  ),
})

const words = z.array(z.string().max(200)).max(200)

export const relayAgentRoutes: Route[] = [
  route({
    method: 'get',
    path: '/relay/agents',
    summary: 'The agents that can be found, stale ones too.',
    tag: 'relay',
    may: 'relay.read',
    query: z.strictObject({
      capability: z.string().max(200).optional(),
      online: z.stringbool().optional().describe('Only those that are, or are not.'),
      machine: z.string().max(200).optional(),
      text: z.string().max(200).optional().describe('In name, description, machine or capabilities.'),
      next,
      limit,
    }),
    answer: z.object({ items: z.array(agent), next: z.string().nullable() }),
    run: ({ app, principal, query: { next: after, ...wanted } }) =>
      discoverAgents(app, principal.workspaceId, { ...wanted, after }),
  }),
  route({
    method: 'put',
    path: '/relay/agents/me',
    summary: 'Register, or change what you say of yourself. What is absent stays as it is.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    body: z.strictObject({
      name: z.string().max(1000).optional().describe('Of this device. The agent’s own name is that of its keys.'),
      capabilities: words.optional().describe('What you can do, such as `code` or `translate`.'),
      accepts: words.optional().describe('What you take, such as media types.'),
      machine: z.string().max(1000).optional(),
      description: z.string().max(10_000).optional(),
    }),
    answer: agent,
    run: asked => asBox(asked, box => registerAgent(asked.app, box, asked.body)),
  }),
  route({
    method: 'post',
    path: '/relay/agents/me/heartbeat',
    summary: 'Say that you are there. Asking for messages says it too.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    answer: z.object({ id: z.string(), status }),
    run: asked => asBox(asked, box => heartbeat(asked.app, box)),
  }),
  route({
    method: 'delete',
    path: '/relay/agents/me',
    summary: 'Leave: this device, and with the last one the agent. The mailbox stays.',
    tag: 'relay',
    may: 'relay.use',
    headers: deviceHeader,
    query: z.strictObject({ all: z.stringbool().default(false).describe('All devices at once.') }),
    answer: z.object({ id: z.string(), left: z.boolean().describe('Whether the agent is off the list now.') }),
    run: asked => asBox(asked, box => leaveRelay(asked.app, box, asked.query)),
  }),
]
