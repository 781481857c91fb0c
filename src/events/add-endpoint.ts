import { type By, recordAudit } from '../accounts/audit.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import type { EndpointRow } from '../db/schema.ts'
import { auditFacts, checkUrl, type EndpointView, viewOfEndpoint } from './endpoint.ts'
import { renewSecret } from './endpoint-secret.ts'

const endpointsMax = 50

export type NewEndpoint = { url: string; types: readonly string[]; about: string }

/** Adds an endpoint, which is told from now on. `secret` is what its deliveries are signed with: it is shown only here. */
export async function addEndpoint(
  app: App,
  workspaceId: string,
  { url: text, types, about }: NewEndpoint,
  by: By,
): Promise<(EndpointView & { secret: string }) | Fault> {
  const url = checkUrl(app.config, text)
  if (url instanceof Fault) return url
  const now = app.clock.now()
  return app.db.write(async tx => {
    await lockWorkspace(tx, workspaceId)
    const { count } = await tx
      .selectFrom('endpoints')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= endpointsMax)
      return new Fault('quota_exceeded', `A workspace has at most ${endpointsMax} endpoints.`, {
        fix: 'Remove one that is not used any more.',
      })
    const row: EndpointRow = {
      id: newId('endp', now),
      workspace_id: workspaceId,
      url,
      types: JSON.stringify([...new Set(types)]),
      about,
      state: 'on',
      failing_since: null,
      created_by: by.actor.id,
      created_at: now,
    }
    await tx.insertInto('endpoints').values(row).execute()
    const secret = await renewSecret(tx, app.vault, row, { nowMs: now, oldUntil: now })
    await recordAudit(tx, now, {
      workspaceId,
      ...by,
      action: 'endpoint.added',
      target: row.id,
      details: auditFacts(row),
    })
    return { ...viewOfEndpoint(row), secret: secret.reveal() }
  })
}
