import type { App } from '../app.ts'
import type { Connection } from '../connections/connection.ts'

/**
 * A connection with what holds its calls back, if something does. `until` (ISO): when a call may try whether the provider is
 * well again; null: the next one may.
 */
export type ShownConnection = Connection & { breaker?: { state: 'open' | 'half-open'; until: string | null } }

/** Connections of one workspace with how their breakers stand, in all processes. */
export async function withBreakers(
  app: App,
  workspaceId: string,
  connections: readonly Connection[],
): Promise<ShownConnection[]> {
  const now = app.clock.now()
  await app.breakers.look(now)
  return connections.map(connection => {
    const { id, provider, account } = connection
    const { state, until } = app.breakers.state(
      { id, provider, workspace_id: workspaceId, account_id: account.id },
      now,
    )
    if (state === 'closed') return connection
    return { ...connection, breaker: { state, until: until === undefined ? null : new Date(until).toISOString() } }
  })
}

/** The same for one. */
export async function withBreaker(app: App, workspaceId: string, connection: Connection): Promise<ShownConnection> {
  const [shown = connection] = await withBreakers(app, workspaceId, [connection])
  return shown
}
