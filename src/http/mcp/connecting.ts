/** Connecting an app, as agents see it: they get a link for a person, and ask how that stands. */
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { getConnection, listConnections } from '../../connections/list-connections.ts'
import type { ConnectSession } from '../../connections/sessions/connect-session.ts'
import { getConnectSession } from '../../connections/sessions/get-session.ts'
import { startConnectSession } from '../../connections/sessions/start-session.ts'
import { Fault } from '../../core/errors.ts'
import { isId } from '../../core/ids.ts'
import type { Waiting } from '../../core/wait-until.ts'
import { type ShownConnection, showConnection, showConnections } from '../shown-connection.ts'
import { getConnectionTool } from './protocol.ts'
import { resultOfValue, type ToolResult } from './tool-result.ts'

type Wish = { provider: string; connection?: string | undefined; scopes?: string[] | undefined }

/** Starts a connect session. A client that can show a person a link in a way of its own does; every other gets it as text. */
export async function startConnection(app: App, principal: AgentPrincipal, wish: Wish): Promise<ToolResult | Fault> {
  const row = await startConnectSession(app, principal, wish)
  if (row instanceof Fault) return row
  const session = await getConnectSession(app, principal, { id: row.id })
  if (session instanceof Fault) return session
  return { ...resultOfValue(sessionValue(session)), parked: { id: session.id, link: session.link } }
}

/** How a connect session stands, after `waitMs` at the latest, or a connection as it is. */
export async function connectionProgress(
  app: App,
  principal: AgentPrincipal,
  { id, ...waiting }: Waiting & { id: string },
): Promise<object | Fault> {
  if (isId('csess', id)) {
    const session = await getConnectSession(app, principal, { id, ...waiting })
    return session instanceof Fault ? session : sessionValue(session)
  }
  const connection = await getConnection(app, principal, id)
  if (connection instanceof Fault) return connection
  return toldConnection(await showConnection(app, principal.workspaceId, connection))
}

/** As many as a model may want to read at once. */
const connectionsMax = 50

/** The connections that an agent may use. */
export async function toldConnections(
  app: App,
  principal: AgentPrincipal,
  { provider, next: after }: { provider?: string | undefined; next?: string | undefined },
): Promise<object> {
  const { items, next } = await listConnections(app, principal, { provider, after, limit: connectionsMax })
  const shown = await showConnections(app, principal.workspaceId, items)
  return { items: shown.map(toldConnection), ...(next !== null && { next }) }
}

/** A connection as agents need it: what tells one from the other, and what to do where something is wrong. */
function toldConnection({ reconnectLink, breaker, ...connection }: ShownConnection): object {
  const { id, provider, label, environment, account, isDefault, state, stateReason } = connection
  const told = { id, provider, label, environment, account, isDefault, state, ...(breaker && { breaker }) }
  return state === 'healthy' ? told : { ...told, stateReason, reconnectLink }
}

function sessionValue({ id, state, provider, connection, problem, link, expiresAt }: ConnectSession): object {
  const waits = state === 'awaiting_user'
  return {
    session_id: id,
    status: state,
    provider,
    ...(connection && { connection: toldConnection(connection) }),
    ...(problem && { problem }),
    ...(waits && { connect_url: link }),
    expires_at: expiresAt,
    ...(fixes[state] && { fix: fixes[state] }),
  }
}

const fixes: Partial<Record<ConnectSession['state'], string>> = {
  awaiting_user: `Show connect_url to the person and let them open it; then ask ${getConnectionTool} with this session_id as its id.`,
  denied: 'The person does not want to connect it. Do not ask again; ask what they would like instead.',
  expired: 'Nobody connected it in time. Start again if the person still wants it.',
  failed: 'Start again if the person still wants it.',
}
