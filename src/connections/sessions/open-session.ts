import type { Environment, PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { ConnectSessionRow } from '../../db/schema.ts'
import type { Connection } from '../connection.ts'
import { describeProvider, type ProviderDescription } from '../describe-provider.ts'
import { boundElsewhere, isBoundTo, sessionFor } from './bound-session.ts'
import { problemOf, redirectUri, type SessionProblem, type SessionState, sessionState } from './connect-session.ts'
import { connectionById, findSessionRow } from './get-session.ts'
import { readScopes } from './prepare-try.ts'

/** What the hosted page shows before anything is given away: who asks, for what, and where it goes. */
export type OpenedSession = {
  id: string
  state: SessionState
  provider: { slug: string; name: string; about: string }
  workspace: { id: string; name: string }
  environment: Environment
  askedBy: { kind: ConnectSessionRow['asked_by_kind']; name: string }
  /** The connection that it reconnects. */
  reconnects: Connection | null
  label: string
  /** Asked for beside those that the connector needs. */
  scopes: string[]
  /** The connection that came of it. */
  connection: Connection | null
  problem: SessionProblem
  redirectUri: string
  expiresAt: string
} & Pick<ProviderDescription, 'inputs' | 'ways'>

/**
 * Opens a connect session in this browser. The first browser that opens it is the only one that can go on with it: a link
 * that was seen by others is worth nothing to them then.
 */
export async function openConnectSession(
  app: App,
  person: PersonPrincipal,
  id: string,
): Promise<OpenedSession | Fault> {
  const found = await sessionFor(app, person, id)
  if (found instanceof Fault) return found
  const row = found.row.session_id === '' ? await bind(app, person, found.row) : found.row
  // One that was over before anybody opened it belongs to nobody, and has nothing to take.
  if (row.session_id !== '' && !isBoundTo(row, person)) return boundElsewhere()
  return viewOf(app, row)
}

async function bind(
  app: App,
  { personId, sessionId }: PersonPrincipal,
  row: ConnectSessionRow,
): Promise<ConnectSessionRow> {
  const bound = await app.db.write(tx =>
    tx
      .updateTable('connect_sessions')
      .set({ person_id: personId, session_id: sessionId })
      .where('id', '=', row.id)
      .where('session_id', '=', '')
      .where('state', '=', 'awaiting_user')
      .where('expires_at', '>', app.clock.now())
      .returningAll()
      .executeTakeFirst(),
  )
  return bound ?? (await findSessionRow(app.db.read, row.id)) ?? row
}

async function viewOf(app: App, row: ConnectSessionRow): Promise<OpenedSession | Fault> {
  const described = await describeProvider(app, { workspaceId: row.workspace_id }, row.provider)
  if (described instanceof Fault) return described
  const { name, about, inputs, ways } = described
  const workspace = await app.db.read
    .selectFrom('workspaces')
    .select(['id', 'name'])
    .where('id', '=', row.workspace_id)
    .executeTakeFirstOrThrow()
  return {
    id: row.id,
    state: sessionState(row, app.clock.now()),
    provider: { slug: row.provider, name, about },
    workspace,
    environment: row.environment,
    askedBy: { kind: row.asked_by_kind, name: row.asked_by_name },
    reconnects: await connectionById(app, row.workspace_id, row.connection_id),
    label: row.label,
    scopes: readScopes(row.scopes),
    connection: await connectionById(app, row.workspace_id, row.made_connection_id),
    problem: problemOf(row),
    inputs,
    ways,
    redirectUri: redirectUri(app),
    expiresAt: new Date(row.expires_at).toISOString(),
  }
}
