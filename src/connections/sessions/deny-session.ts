import { personActor, recordAudit } from '../../accounts/audit.ts'
import type { PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { boundSession } from './bound-session.ts'
import { endSession, tellSession } from './end-session.ts'

/** Ends a connect session without a connection. Who asked hears of it. */
export async function denyConnectSession(
  app: App,
  person: PersonPrincipal,
  { id, address }: { id: string; address: string },
): Promise<{ state: 'denied' } | Fault> {
  const found = await boundSession(app, person, id)
  if (found instanceof Fault) return found
  const { row, member } = found
  const now = app.clock.now()
  const refused = await app.db.write(async tx => {
    const over = await endSession(tx, now, { id, state: 'denied' })
    if (over) return over
    await recordAudit(tx, now, {
      workspaceId: row.workspace_id,
      actor: personActor(member),
      action: 'connect_session.denied',
      target: id,
      address,
      details: { provider: row.provider, environment: row.environment, askedBy: row.asked_by_name },
    })
    return undefined
  })
  if (refused) return refused
  tellSession(app, id)
  return { state: 'denied' }
}
