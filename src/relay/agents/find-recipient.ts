import { isPlainText } from '../../accounts/plain-text.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { KnownAgent } from '../queries.ts'

/** Where something is to go: to an agent, and where `device` is not empty, to that device of it only. */
export type Recipient = { id: string; name: string; device: string }

const choicesMax = 10
const refLengthMax = 300

/**
 * The agent of this workspace with this id or name; `name/device` for one device of it. One that was removed is none, since nobody
 * would receive anything, unless it is `removedToo`.
 */
export async function findRecipient(
  app: App,
  workspaceId: string,
  ref: string,
  { removedToo = false } = {},
): Promise<Recipient | Fault> {
  const found = isPlainText(ref, refLengthMax) ? await recipientOf(app, workspaceId, ref) : undefined
  if (!found) return notThere(app, workspaceId, `There is no agent ${ref.slice(0, 200)} in this workspace.`)
  const { id, name, left_at, device } = found
  if (left_at !== null && !removedToo && (await wasRemoved(app, id)))
    return notThere(app, workspaceId, `The agent ${name} was removed.`)
  return { id, name, device }
}

async function recipientOf(app: App, workspaceId: string, ref: string) {
  const agent = await agentByRef(app, workspaceId, ref)
  if (agent) return { ...agent, device: '' }
  const slash = ref.lastIndexOf('/')
  const owner =
    slash > 0 && slash < ref.length - 1 ? await agentByRef(app, workspaceId, ref.slice(0, slash)) : undefined
  return owner && { ...owner, device: ref.slice(slash + 1) }
}

/** Whether an agent that is off the list cannot come back by itself: it has no key, and is none elsewhere. */
async function wasRemoved({ db }: App, agentId: string): Promise<boolean> {
  const key = await db.read
    .selectFrom('keys')
    .select('id')
    .where('agent_id', '=', agentId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  const remote = await db.read
    .selectFrom('a2a_remotes')
    .select('agent_id')
    .where('agent_id', '=', agentId)
    .executeTakeFirst()
  return !key && !remote
}

/**
 * The device of this name that registered first, whoever's in the workspace, so that nobody takes over another's: for clients
 * that know devices only. One that is called like another agent is not found: nobody passes for that by it.
 */
export async function findDevice(app: App, workspaceId: string, device: string): Promise<Recipient | undefined> {
  if (!isPlainText(device, 80)) return undefined
  const row = await app.db.read
    .selectFrom('relay_devices')
    .select(['agent_id'])
    .where('workspace_id', '=', workspaceId)
    .where('device', '=', device)
    .where('left_at', 'is', null)
    .orderBy('registered_at')
    .orderBy('agent_id')
    .executeTakeFirst()
  const agent = row && (await agentById(app, workspaceId, row.agent_id))
  const namesake = agent && (await agentByRef(app, workspaceId, device))
  if (namesake && namesake.id !== agent.id) return undefined
  return agent && { ...agent, device }
}

/** The agent of this id; as of a second ago. */
export async function agentById(
  app: App,
  workspaceId: string,
  id: string,
): Promise<{ id: string; name: string } | undefined> {
  const agent = await knownById(app, workspaceId, id)
  return agent && { id, name: agent.name }
}

function knownById(app: App, workspaceId: string, id: string) {
  return remembered(app, `${workspaceId}\n${id}`, () => app.relay.queries.agentById(workspaceId, id))
}

async function agentByRef(app: App, workspaceId: string, ref: string) {
  const byId = ref.startsWith('agt_') ? await knownById(app, workspaceId, ref) : undefined
  return byId ?? remembered(app, `${workspaceId}\n\n${ref}`, () => app.relay.queries.agentByName(workspaceId, ref))
}

async function remembered(
  app: App,
  key: string,
  ask: () => KnownAgent[] | Promise<KnownAgent[]>,
): Promise<KnownAgent | undefined> {
  const now = app.clock.now()
  const known = app.relay.agents.get(key, now)
  if (known) return known
  const [row] = await ask()
  return row && app.relay.agents.set(key, row, now)
}

async function notThere(app: App, workspaceId: string, why: string): Promise<Fault> {
  const rows = await app.db.read
    .selectFrom('relay_agents')
    .innerJoin('agents', 'agents.id', 'relay_agents.agent_id')
    .select('agents.name')
    .where('relay_agents.workspace_id', '=', workspaceId)
    .where('relay_agents.left_at', 'is', null)
    .orderBy('relay_agents.seen_at', 'desc')
    .limit(choicesMax)
    .execute()
  return new Fault('not_found', why, {
    choices: rows.map(({ name }) => name),
    fix: 'Use the name or id of an agent that GET /relay/agents lists.',
  })
}
