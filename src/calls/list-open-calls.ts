import type { Principal } from '../accounts/principal.ts'
import type { App } from '../app.ts'
import { howFar, type OpenCall } from './how-far.ts'

/** The calls that have not ended, newest first: a key sees those of its own agent, a member all of the workspace. */
export async function listOpenCalls(
  app: App,
  principal: Principal,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<{ items: OpenCall[]; next: string | null }> {
  const agentId = principal.kind === 'agent' ? principal.agentId : undefined
  const rows = await app.db.read
    .selectFrom('calls')
    .selectAll()
    .where('workspace_id', '=', principal.workspaceId)
    .where('ended_at', 'is', null)
    .$if(agentId !== undefined, query => query.where('agent_id', '=', agentId ?? ''))
    .$if(before !== undefined, query => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = await howFar(app, rows.slice(0, limit))
  return { items, next: rows.length > limit ? (items.at(-1)?.callId ?? null) : null }
}
