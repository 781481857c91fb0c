import type { App } from '../app.ts'
import { accountKey } from '../calls/account-key.ts'
import type { Connection } from '../connections/connection.ts'

/**
 * A connection with what holds its calls back, if something does. `until` (ISO): when a call may try whether the provider is
 * well again; null: the next one may. `limits`: the rate limits that are in use, as this process knows them.
 */
export type ShownConnection = Connection & {
  breaker?: { state: 'open' | 'half-open'; until: string | null }
  limits?: ShownLimit[]
}

/** `requests` and `windowS` are 0 where the provider only says how many are left. `heldUntil`: no call goes out before. */
export type ShownLimit = { requests: number; windowS: number; left: number; waiting: number; heldUntil: string | null }

/** Connections of one workspace with how their breakers stand, in all processes, and their limits in this one. */
export async function showConnections(
  app: App,
  workspaceId: string,
  connections: readonly Connection[],
): Promise<ShownConnection[]> {
  const now = app.clock.now()
  await app.breakers.look(now)
  return connections.map(connection => {
    const base = app.catalog.providers.get(connection.provider)?.base ?? ''
    const { state, until } = app.breakers.state(accountKey(base, workspaceId, connection), now)
    const limits = limitsOf(app, connection.id, now)
    return {
      ...connection,
      ...(state !== 'closed' && { breaker: { state, until: iso(until) } }),
      ...(limits.length > 0 && { limits }),
    }
  })
}

/** The same for one. */
export async function showConnection(app: App, workspaceId: string, connection: Connection): Promise<ShownConnection> {
  const [shown = connection] = await showConnections(app, workspaceId, [connection])
  return shown
}

function limitsOf({ pacer }: App, connectionId: string, nowMs: number): ShownLimit[] {
  return pacer.standing(connectionId).map(({ limit, windowMs, left, waiting, heldUntil }) => ({
    requests: limit,
    windowS: windowMs / 1000,
    left: Math.floor(left),
    waiting,
    heldUntil: iso(heldUntil > nowMs ? heldUntil : undefined),
  }))
}

const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
