import type { App } from '../../../app.ts'
import type { RelayAgent, RelayDevice } from '../../../relay/agents/agent.ts'
import type { Box } from '../../../relay/box.ts'
import { filesTopic } from '../../../relay/files/tell-subscribers.ts'
import type { Message } from '../../../relay/messages/message.ts'
import { isNamed, seedIdOf } from './who.ts'

/** An agent as the openclaw-link protocol has it. */
export type SeedAgent = {
  agent_id: string
  name: string
  capabilities: string[]
  machine: string
  description: string
  registered_at: string
  /** Unix seconds. */
  last_heartbeat: number
  status: string
}

/** Each device that has a name is an agent there; an agent with a device that has none is one by its own id. Pure. */
export function seedAgentsOf(agent: RelayAgent): SeedAgent[] {
  const named = agent.devices.filter(({ device }) => isNamed(device))
  const own = named.length === agent.devices.length && named.length > 0 ? [] : [seedAgent(agent, undefined)]
  return [...own, ...named.map(device => seedAgent(agent, device))]
}

export function seedAgent(agent: RelayAgent, device: RelayDevice | undefined): SeedAgent {
  const { registeredAt, lastSeenAt, status } = device ?? agent
  return {
    agent_id: device?.device ?? agent.id,
    name: device?.name || agent.name,
    capabilities: agent.capabilities,
    machine: device?.machine || agent.machine,
    description: agent.description,
    registered_at: registeredAt,
    last_heartbeat: Date.parse(lastSeenAt) / 1000,
    status,
  }
}

/**
 * A message as the openclaw-link protocol has it; undefined for what that has no word for. `toAgent`: what the receiver is
 * called there. `queued`: it is polled, and not pushed.
 */
export async function seedMessage(
  app: App,
  box: Box,
  message: Message,
  { toAgent, queued }: { toAgent: string; queued: boolean },
): Promise<Record<string, unknown> | undefined> {
  const from_agent = await seedIdOf(app, box.workspaceId, message.from)
  const to = { from_agent, to_agent: toAgent }
  const times = { timestamp: message.createdAt, ...(queued && { queued_at: message.createdAt }) }
  const body = Object(message.body) as Record<string, unknown> // its members are read one by one below
  if (message.kind === 'task') {
    const { task, context = {} } = body
    return {
      type: 'task_delegation',
      message_id: message.taskId,
      ...to,
      task,
      context,
      priority: message.priority,
      ...times,
    }
  }
  if (message.kind === 'task_update') {
    // There an agent that has a task says nothing before it has something to say; and what one device of an agent tells
    // another comes as a message beside this.
    if (body.step === 'accept' || message.from?.id === box.agentId) return undefined
    const result = [body.result, body.reason, body.note, body.question, body.answer].find(said => said !== undefined)
    return response(message, to, { message_id: message.taskId, result, status: body.state }, times)
  }
  if (message.kind === 'broadcast') {
    const { topic, tags = [], content, broadcastId } = body
    // There nobody hears what it has said itself.
    if (from_agent === toAgent) return undefined
    if (topic === filesTopic) {
      const { key, version } = Object(content)
      return { type: 'file_updated', file_key: key, version, last_editor: from_agent, timestamp: message.createdAt }
    }
    return { type: 'knowledge_broadcast', message_id: broadcastId, from_agent, topic, content, tags, ...times }
  }
  if (isResponse(message.body)) return response(message, to, message.body.task_response, times)
  return { type: 'message', message_id: message.id, ...to, content: message.body, thread: message.thread, ...times }
}

type Response = { message_id: unknown; result: unknown; status: unknown }

function response(message: Message, to: object, { message_id, result = null, status }: Response, times: object) {
  return { type: 'task_response', message_id, response_id: message.id, ...to, result, status, ...times }
}

/** The body of a message that answers something else than a task, or in words of its own. */
export type ResponseBody = { task_response: Response }

const isResponse = (body: unknown): body is ResponseBody =>
  typeof body === 'object' &&
  body !== null &&
  'task_response' in body &&
  typeof body.task_response === 'object' &&
  body.task_response !== null
