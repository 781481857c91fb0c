import type { App } from '../app.ts'
import type { JobKind } from '../jobs/job.ts'
import { expiringMs, restingState } from './connection-state.ts'
import { renewCredential } from './renew-on-demand.ts'
import { aheadMs, isDueAhead } from './renewal.ts'
import { setConnectionState } from './set-state.ts'

const everyMs = 30_000
/** Renewed in one run, and of these at the same time: what came due together is not asked for together. */
const perRun = 200
const atOnce = 8

/** Renews credentials before calls have to wait for it, and says of those that cannot be renewed that they are ending. */
export const renewDueJob = (app: App): JobKind => ({
  failuresMax: Number.POSITIVE_INFINITY,
  async run() {
    const more = await renewDue(app)
    await markEnding(app)
    return { againAt: app.clock.now() + (more ? 0 : everyMs) }
  },
})

/** Gives whether there may be more than it renewed. */
async function renewDue(app: App): Promise<boolean> {
  const now = app.clock.now()
  const marginMs = app.config.renewAheadMinutes * 60_000
  const rows = await app.db.read
    .selectFrom('credentials')
    .innerJoin('connections', 'connections.id', 'credentials.connection_id')
    .selectAll('credentials')
    .select('connections.provider')
    .where('renewable', '=', 1)
    .where('expires_at', '<=', now + marginMs + aheadMs)
    .where('renew_after', '<=', now)
    .where('lease_until', '<=', now)
    .where('connections.state', '!=', 'needs_reauth')
    .where('connections.provider', 'in', [...app.catalog.providers.keys()])
    .orderBy('expires_at')
    .limit(perRun)
    .execute()
  const due = rows.filter(row => isDueAhead(row, now, marginMs))
  const renewNext = async (): Promise<void> => {
    for (let row = due.shift(); row; row = due.shift()) {
      const provider = app.catalog.providers.get(row.provider)
      if (provider) {
        const wanted = { connection: { id: row.connection_id }, provider, staleVersion: row.version }
        await renewCredential(app, wanted).catch(cause =>
          app.log.error({ err: cause, connectionId: wanted.connection.id }, 'a credential could not be renewed'),
        )
      }
    }
  }
  const full = due.length === perRun
  await Promise.all(Array.from({ length: atOnce }, renewNext))
  return full
}

async function markEnding(app: App): Promise<void> {
  const now = app.clock.now()
  const ending = await app.db.read
    .selectFrom('connections')
    .innerJoin('credentials', 'credentials.connection_id', 'connections.id')
    .selectAll('connections')
    .select(['credentials.renewable', 'credentials.expires_at', 'credentials.version'])
    .where('credentials.renewable', '=', 0)
    .where('credentials.expires_at', '<=', now + expiringMs)
    .where('connections.state', '!=', 'needs_reauth')
    .execute()
  for (const row of ending) {
    const standing = restingState(row, row, now)
    if (row.state === standing.state) continue
    await app.db.write(async tx => {
      const still = await tx
        .selectFrom('credentials')
        .select('version')
        .where('connection_id', '=', row.id)
        .executeTakeFirst()
      if (still?.version === row.version) await setConnectionState(app, tx, row.id, standing)
    })
  }
  if (ending.length) app.memory.connections.clear()
}
