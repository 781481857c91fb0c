import { readScope } from '../accounts/scope.ts'
import type { App } from '../app.ts'
import { valueAt } from '../catalog/paths.ts'
import { Fault } from '../core/errors.ts'
import { firstId } from '../core/ids.ts'
import { jsonOrUndefined } from '../core/json.ts'
import { findConnection, type Sight } from './list-connections.ts'
import { canRevoke } from './revoke-grant.ts'
import { sharesGrant } from './shares-grant.ts'

const usedLatelyMs = 30 * 24 * 60 * 60 * 1000

/** What changes for others when a connection goes. */
export type Affected = {
  /** Agents that lose something, and why. */
  agents: { id: string; name: string; why: string }[]
  /** Rules that name it, and match nothing by it any more. */
  rules: { id: string; name: string }[]
  /** Calls that wait for a member's approval; they end. */
  approvals: number
  callsLast30Days: number
  /** Whether access ends at the provider too. */
  revokesAtProvider: boolean
}

/** Who and what depends on this connection, as of now. `id` may also be a label that is unique. */
export async function affectedBy(app: App, sight: Sight, id: string): Promise<Affected | Fault> {
  const row = await findConnection(app, sight, id)
  if (row instanceof Fault) return row
  const { workspaceId } = sight
  const now = app.clock.now()
  const { read } = app.db
  const named = await agentsNaming(app, workspaceId, row.id)
  const calls = await read
    .selectFrom('usage')
    .leftJoin('agents', 'agents.id', 'usage.agent_id')
    .select(q => ['usage.agent_id', 'agents.name', q.fn.countAll<number>().as('n')])
    .where('usage.workspace_id', '=', workspaceId)
    .where('usage.call_id', '>=', firstId('call', now - usedLatelyMs))
    .where('usage.connection_id', '=', row.id)
    .groupBy(['usage.agent_id', 'agents.name'])
    .execute()
  const rules = await read
    .selectFrom('rules')
    .select(['id', 'name', 'match'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('position')
    .execute()
  const { approvals } = await read
    .selectFrom('approvals')
    .select(q => q.fn.countAll<number>().as('approvals'))
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'pending')
    .where('expires_at', '>', now)
    .where('connection_id', '=', row.id)
    .executeTakeFirstOrThrow()
  const used = calls.filter(({ agent_id }) => !named.some(agent => agent.id === agent_id))
  return {
    agents: [
      ...named,
      ...used.map(({ agent_id, name, n }) => ({
        id: agent_id,
        name: name ?? '',
        why: `called by it ${times(Number(n))}`,
      })),
    ],
    rules: rules.filter(rule => namesIt(rule.match, row.id)).map(rule => ({ id: rule.id, name: rule.name })),
    approvals: Number(approvals),
    callsLast30Days: calls.reduce((sum, { n }) => sum + Number(n), 0),
    revokesAtProvider: canRevoke(app, row) && !(await sharesGrant(read, row)),
  }
}

async function agentsNaming(app: App, workspaceId: string, connectionId: string): Promise<Affected['agents']> {
  const keys = await app.db.read
    .selectFrom('keys')
    .innerJoin('agents', 'agents.id', 'keys.agent_id')
    .select(['agents.id', 'agents.name', 'keys.scope', 'keys.expires_at'])
    .where('keys.workspace_id', '=', workspaceId)
    .where('keys.revoked_at', 'is', null)
    .orderBy('agents.id')
    .execute()
  const naming = keys.filter(
    key =>
      (key.expires_at === null || key.expires_at > app.clock.now()) &&
      readScope(key.scope).connections?.includes(connectionId),
  )
  const agents = new Map(naming.map(({ id, name }) => [id, { id, name, why: 'a key of it names this connection' }]))
  return [...agents.values()]
}

function namesIt(match: string, connectionId: string): boolean {
  const named = valueAt(jsonOrUndefined(match), 'connections')
  return Array.isArray(named) && named.includes(connectionId)
}

const times = (n: number) => (n === 1 ? 'once in the last 30 days' : `${n} times in the last 30 days`)
