import { type By, recordAudit } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import type { EndpointRow } from '../db/schema.ts'
import { auditFacts, checkUrl, type EndpointView, findEndpoint, viewOfEndpoint } from './endpoint.ts'

/** What is absent stays. */
export type EndpointChange = {
  url?: string | undefined
  types?: readonly string[] | undefined
  about?: string | undefined
  state?: 'on' | 'off' | undefined
}

/**
 * Changes an endpoint. What is on its way to it goes to the new URL; to one that is off nothing goes, and what was on its way
 * fails. Turned on, it starts anew.
 */
export async function changeEndpoint(
  app: App,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: By },
  change: EndpointChange,
): Promise<EndpointView | Fault> {
  const url = change.url === undefined ? undefined : checkUrl(app.config, change.url)
  if (url instanceof Fault) return url
  const now = app.clock.now()
  return app.db.write(async tx => {
    await lockWorkspace(tx, workspaceId)
    const before = await findEndpoint(tx, workspaceId, id)
    if (before instanceof Fault) return before
    const { types, about = before.about, state = before.state } = change
    const startsAnew = (state === 'on' && before.state === 'off') || (url !== undefined && url !== before.url)
    const row: EndpointRow = {
      ...before,
      url: url ?? before.url,
      types: types ? JSON.stringify([...new Set(types)]) : before.types,
      about,
      state,
      failing_since: startsAnew ? null : before.failing_since,
    }
    await tx.updateTable('endpoints').set(row).where('id', '=', row.id).execute()
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'endpoint.changed',
      target: row.id,
      details: auditFacts(row),
    })
    return viewOfEndpoint(row)
  })
}
