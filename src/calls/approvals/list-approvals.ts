import type { App } from '../../app.ts'
import { type Approval, approvalOf, selectApprovals } from './approval.ts'

/** What waits for a decision, oldest first; or all there ever was, newest first. `after` is the last id of the page before. */
export async function listApprovals(
  app: App,
  workspaceId: string,
  { state, after, limit }: { state: 'pending' | 'all'; after?: string | undefined; limit: number },
): Promise<{ items: Approval[]; next: string | null }> {
  const now = app.clock.now()
  const pending = state === 'pending'
  const rows = await selectApprovals(app, workspaceId)
    .$if(pending, q => q.where('approvals.state', '=', 'pending').where('approvals.expires_at', '>', now))
    .$if(after !== undefined, q => q.where('approvals.id', pending ? '>' : '<', after ?? ''))
    .orderBy('approvals.id', pending ? 'asc' : 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(row => approvalOf(row, now))
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}
