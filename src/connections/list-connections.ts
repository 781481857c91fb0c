import type { Environment } from '../accounts/principal.ts'
import { allowsConnection, type Scope } from '../accounts/scope.ts'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import { type Connection, connectionOf, type ShownRow, selectConnections } from './connection.ts'

/** Which of the workspace's connections somebody sees: a key its own environment, and there what its scope lets it. */
export type Sight = {
  workspaceId: string
  environment?: Environment | undefined
  scope?: Scope | undefined
}

/** `after`: the `next` of the page before. Without a limit it is one page. */
export type ConnectionFilter = { provider?: string | undefined; after?: string | undefined; limit?: number }

/** The connections of a workspace that somebody sees, oldest first, and where the next page starts. */
export async function listConnections(
  app: Pick<App, 'db' | 'catalog' | 'url'>,
  sight: Sight,
  { provider, after = '', limit = Number.POSITIVE_INFINITY }: ConnectionFilter = {},
): Promise<{ items: Connection[]; next: string | null }> {
  const rows = await selectConnections(app.db.read, sight.workspaceId).where('connections.id', '>', after).execute()
  const seen = rows.filter(row => (provider === undefined || row.provider === provider) && isSeen(sight, row))
  const page = seen.slice(0, limit)
  return {
    items: page.map(row => connectionOf(app, row)),
    next: seen.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
}

/** One connection that somebody sees. `id` may also be a label that only one of them has. */
export async function findConnection(app: Pick<App, 'db'>, sight: Sight, id: string): Promise<ShownRow | Fault> {
  const rows = await selectConnections(app.db.read, sight.workspaceId).execute()
  const seen = rows.filter(row => isSeen(sight, row))
  const byId = seen.find(row => row.id === id)
  const [row, ...more] = byId ? [byId] : seen.filter(({ label }) => label === id)
  if (!row) return new Fault('connection_not_found', `There is no connection "${id}".`)
  if (!more.length) return row
  return new Fault('ambiguous_connection', `Several connections are labelled "${id}".`, {
    choices: [row, ...more].map(each => `${each.id} (${each.provider})`),
    fix: 'Name the connection by its id.',
  })
}

/** The same as it is shown. */
export async function getConnection(app: App, sight: Sight, id: string): Promise<Connection | Fault> {
  const row = await findConnection(app, sight, id)
  return row instanceof Fault ? row : connectionOf(app, row)
}

export function isSeen({ environment, scope = {} }: Sight, row: { id: string; provider: string; environment: string }) {
  return (environment === undefined || row.environment === environment) && allowsConnection(scope, row)
}
