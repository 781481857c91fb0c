import type { AgentPrincipal } from '../../../accounts/principal.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { findDevice, findRecipient, type Recipient } from '../../../relay/agents/find-recipient.ts'
import { type Box, boxOf } from '../../../relay/box.ts'

/**
 * The box of the agent that a request says it comes from. An `agent_id` is a device of the key's own agent, or that agent
 * itself: one of another agent's is refused, whoever says so. Undefined for one that is not registered.
 */
export async function ownBox(app: App, principal: AgentPrincipal, agentId: string): Promise<Box | Fault | undefined> {
  if (agentId === principal.agentId) return boxOf(principal)
  const device = await findDevice(app, principal.workspaceId, agentId)
  if (device) return device.id === principal.agentId ? boxOf(principal, agentId) : notYours(agentId)
  const agent = await findRecipient(app, principal.workspaceId, agentId, { removedToo: true })
  if (agent instanceof Fault) return undefined
  return agent.id === principal.agentId ? boxOf(principal, agent.device || undefined) : notYours(agentId)
}

/** The box that a new `agent_id` gives: what another agent is called, or already has, cannot be taken. */
export async function newBox(app: App, principal: AgentPrincipal, agentId: string): Promise<Box | Fault> {
  if (agentId.includes('/'))
    return new Fault('validation_error', 'agent_id must not have a slash in it.', {
      invalidFields: [{ field: 'agent_id', problem: 'must not have a slash in it' }],
    })
  return (await ownBox(app, principal, agentId)) ?? boxOf(principal, agentId)
}

/** As `ownBox`, where the agent has to be registered. */
export async function registeredBox(app: App, principal: AgentPrincipal, agentId: string): Promise<Box | Fault> {
  return (
    (await ownBox(app, principal, agentId)) ??
    new Fault('forbidden', `${agentId.slice(0, 80)} is not registered.`, { fix: 'Register this agent_id first.' })
  )
}

/**
 * Whom a `to_agent` names: an agent by id or name first, since those are given by members, else a device, which anybody may
 * call as they like. `ref` is what the relay's own functions take.
 */
export async function findTo(
  app: App,
  workspaceId: string,
  to: string,
): Promise<(Recipient & { ref: string }) | Fault> {
  const agent = await findRecipient(app, workspaceId, to)
  const found = agent instanceof Fault ? await findDevice(app, workspaceId, to) : agent
  if (!found) return agent as Fault // where there is no agent either
  return { ...found, ref: found.device ? `${found.id}/${found.device}` : found.id }
}

/** What an agent is called in this protocol: by its device, if that is its own and no mere key, else by its id. */
export async function seedIdOf(
  app: App,
  workspaceId: string,
  from: { id: string; device: string } | null,
): Promise<string> {
  if (!from) return 'clawlink'
  if (!isNamed(from.device)) return from.id
  const owner = await findDevice(app, workspaceId, from.device)
  return owner?.id === from.id ? from.device : from.id
}

/** Devices without a name of their own are called by the id of their key. */
export const isNamed = (device: string): boolean => device !== '' && !device.startsWith('key_')

function notYours(agentId: string): Fault {
  return new Fault('forbidden', `${agentId.slice(0, 80)} is another agent.`, {
    fix: 'Use the agent_id that you registered with this key. Each agent needs a key of its own.',
  })
}
