import type { Principal } from '../accounts/principal.ts'
import { firstId } from '../core/ids.ts'
import type { Db } from '../db/db.ts'

export type UsageFilter = {
  /** Ids. */
  agent?: string | undefined
  connection?: string | undefined
  provider?: string | undefined
  tool?: string | undefined
  outcome?: string | undefined
  environment?: string | undefined
  /** When the calls were made, Unix milliseconds: from `since` on, and before `until`. */
  since?: number | undefined
  until?: number | undefined
  /** The id of the last call of the page before. */
  before?: string | undefined
}

/** The oldest call that a query looks at, where it does not look at all. */
export type Reach = { callId: string; startedAt: number }

/**
 * The calls that this principal sees, which is a key's own agent's or all of the workspace, and that fit the filter. The
 * record has no index but its primary key, since each would make every call dearer; ids are in the order of time, so a
 * range of time is a range of that key, and `reach` keeps the rest from reading all of it.
 */
export function selectUsage(db: Db, principal: Principal, filter: UsageFilter, reach?: Reach) {
  const { agent, connection, provider, tool, outcome, environment } = filter
  const ownAgent = principal.kind === 'agent' ? principal.agentId : undefined
  return selectRange(db, principal, filter, reach)
    .$if(ownAgent !== undefined, q => q.where('agent_id', '=', ownAgent ?? ''))
    .$if(agent !== undefined, q => q.where('agent_id', '=', agent ?? ''))
    .$if(connection !== undefined, q => q.where('connection_id', '=', connection ?? ''))
    .$if(provider !== undefined, q => q.where('provider', '=', provider ?? ''))
    .$if(tool !== undefined, q => q.where('tool', '=', tool ?? ''))
    .$if(outcome !== undefined, q => q.where('outcome', '=', outcome ?? ''))
    .$if(environment !== undefined, q => q.where('environment', '=', environment ?? ''))
}

/** How far back a query reaches that looks at `calls` calls at most; undefined when it looks at all there are. */
export async function reachOf(
  db: Db,
  principal: Principal,
  filter: UsageFilter,
  calls: number,
): Promise<Reach | undefined> {
  const [last, beyond] = await selectRange(db, principal, filter)
    .select(['call_id', 'started_at'])
    .orderBy('call_id', 'desc')
    .offset(calls - 1)
    .limit(2)
    .execute()
  return last && beyond ? { callId: last.call_id, startedAt: last.started_at } : undefined
}

/** With one end at each side: of two, SQLite goes by the first that is written and reads for nothing up to the other. */
function selectRange(db: Db, { workspaceId }: Principal, { since, until, before }: UsageFilter, reach?: Reach) {
  const from = inOrder(firstAt(since), reach?.callId).at(-1)
  const to = inOrder(firstAt(until), before).at(0)
  return db.read
    .selectFrom('usage')
    .where('workspace_id', '=', workspaceId)
    .$if(from !== undefined, q => q.where('call_id', '>=', from ?? ''))
    .$if(to !== undefined, q => q.where('call_id', '<', to ?? ''))
}

const firstAt = (ms: number | undefined) => (ms === undefined ? undefined : firstId('call', Math.max(0, ms)))
const inOrder = (...ids: (string | undefined)[]) => ids.filter(id => id !== undefined).sort()
