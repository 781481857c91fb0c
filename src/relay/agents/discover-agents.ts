import type { App } from '../../app.ts'
import type { RelayAgentRow } from '../../db/relay-schema.ts'
import { listIn, type RelayAgent, viewOfAgent } from './agent.ts'
import { statusOf } from './online.ts'

export type AgentFilter = {
  capability?: string | undefined
  online?: boolean | undefined
  machine?: string | undefined
  /** In its name, description, machine or capabilities, whatever the case. */
  text?: string | undefined
  after?: string | undefined
  limit: number
}

type Row = RelayAgentRow & { name: string }

/** Agents of the workspace that have registered and not left, oldest first. Stale ones are listed too. */
export async function discoverAgents(
  app: App,
  workspaceId: string,
  { after = '', limit, ...filter }: AgentFilter,
): Promise<{ items: RelayAgent[]; next: string | null }> {
  const rows = (await registered(app, workspaceId, after)).filter(row => fits(app, row, filter))
  const page = rows.slice(0, limit)
  return {
    items: await withDevices(app, page),
    next: rows.length > limit ? (page.at(-1)?.agent_id ?? null) : null,
  }
}

/** One agent, or undefined when it is not registered. */
export async function relayAgent(app: App, workspaceId: string, agentId: string): Promise<RelayAgent | undefined> {
  const rows = await select(app, workspaceId).where('relay_agents.agent_id', '=', agentId).execute()
  return (await withDevices(app, rows))[0]
}

/** What each agent that is online says it can do, in lower case. */
export async function onlineAbilities(app: App, workspaceId: string): Promise<Map<string, Set<string>>> {
  const rows = (await registered(app, workspaceId, '')).filter(row => fits(app, row, { online: true }))
  return new Map(rows.map(row => [row.agent_id, new Set(listIn(row.capabilities).map(each => each.toLowerCase()))]))
}

/** Ids of online agents that say they can do this, in no particular order. */
export async function agentsAbleTo(app: App, workspaceId: string, capability: string): Promise<string[]> {
  const rows = await registered(app, workspaceId, '')
  return rows.filter(row => fits(app, row, { capability, online: true })).map(row => row.agent_id)
}

function select({ db }: App, workspaceId: string) {
  return db.read
    .selectFrom('relay_agents')
    .innerJoin('agents', 'agents.id', 'relay_agents.agent_id')
    .selectAll('relay_agents')
    .select('agents.name')
    .where('relay_agents.workspace_id', '=', workspaceId)
    .where('relay_agents.left_at', 'is', null)
}

const registered = (app: App, workspaceId: string, after: string): Promise<Row[]> =>
  select(app, workspaceId).where('relay_agents.agent_id', '>', after).orderBy('relay_agents.agent_id').execute()

function fits(
  { relay }: App,
  row: Row,
  { capability, online, machine, text }: Omit<AgentFilter, 'after' | 'limit'>,
): boolean {
  const seenAt = Math.max(row.seen_at, relay.presence.seenAt(row.agent_id))
  const words = text?.toLowerCase()
  const capabilities = listIn(row.capabilities)
  return (
    (capability === undefined || capabilities.some(each => each.toLowerCase() === capability.toLowerCase())) &&
    (online === undefined || (statusOf(seenAt, relay.now()) === 'online') === online) &&
    (machine === undefined || row.machine === machine) &&
    (words === undefined ||
      [row.name, row.description, row.machine, ...capabilities].some(each => each.toLowerCase().includes(words)))
  )
}

async function withDevices(app: App, rows: readonly Row[]): Promise<RelayAgent[]> {
  if (!rows.length) return []
  const devices = await app.db.read
    .selectFrom('relay_devices')
    .selectAll()
    .where(
      'agent_id',
      'in',
      rows.map(row => row.agent_id),
    )
    .where('left_at', 'is', null)
    .execute()
  const byAgent = Map.groupBy(devices, ({ agent_id }) => agent_id)
  return rows.map(row => viewOfAgent(app, row, byAgent.get(row.agent_id) ?? []))
}
