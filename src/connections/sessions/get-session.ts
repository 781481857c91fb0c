import type { Kysely } from 'kysely'
import { keyEndedMeanwhile } from '../../accounts/key-lasts.ts'
import { idOf, type Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import { type Waiting, waitUntil } from '../../core/wait-until.ts'
import type { ConnectSessionRow, Schema } from '../../db/schema.ts'
import { type Connection, connectionOf, selectConnections } from '../connection.ts'
import {
  type ConnectSession,
  noSession,
  problemOf,
  sessionLink,
  sessionState,
  sessionTopic,
} from './connect-session.ts'

/**
 * How a connect session stands: as soon as it is over, or after `waitMs` at the latest. A key sees those that its own agent
 * asked for in the key's environment, a member all of the workspace. A key that ends meanwhile hears nothing more; whose
 * session it is that waits, its own edge looks after. A fault, too, when this principal waits at too many places already.
 */
export function getConnectSession(
  app: App,
  principal: Principal,
  { id, waitMs = 0, gone }: Partial<Waiting> & { id: string },
): Promise<ConnectSession | Fault> {
  const done = (seen: ConnectSession | Fault) => seen instanceof Fault || seen.state !== 'awaiting_user'
  const ended = keyEndedMeanwhile(app, principal)
  return waitUntil(app, { who: idOf(principal), topic: sessionTopic(id), waitMs, gone, done }, async () => {
    const refused = await ended()
    if (refused) return refused
    const row = await findSessionRow(app.db.read, id)
    return row && maySee(row, principal) ? sessionView(app, row) : noSession()
  })
}

function maySee(row: ConnectSessionRow, principal: Principal): boolean {
  if (row.workspace_id !== principal.workspaceId) return false
  if (principal.kind === 'member') return true
  return row.asked_by_id === principal.agentId && row.environment === principal.environment
}

export async function findSessionRow(db: Kysely<Schema>, id: string): Promise<ConnectSessionRow | undefined> {
  if (!isId('csess', id)) return undefined
  return db.selectFrom('connect_sessions').selectAll().where('id', '=', id).executeTakeFirst()
}

async function sessionView(app: App, row: ConnectSessionRow): Promise<ConnectSession> {
  return {
    id: row.id,
    state: sessionState(row, app.clock.now()),
    provider: row.provider,
    environment: row.environment,
    connection: await connectionById(app, row.workspace_id, row.made_connection_id),
    problem: problemOf(row),
    link: sessionLink(app, row.id),
    expiresAt: new Date(row.expires_at).toISOString(),
  }
}

/** Null for an empty id, and for one that was removed since. */
export async function connectionById(app: App, workspaceId: string, id: string): Promise<Connection | null> {
  if (id === '') return null
  const row = await selectConnections(app.db.read, workspaceId).where('connections.id', '=', id).executeTakeFirst()
  return row ? connectionOf(app, row) : null
}
