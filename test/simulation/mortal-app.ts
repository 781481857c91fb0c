import { EventEmitter } from 'node:events'
import type { App } from '../../src/app.ts'
import { createGate } from '../../src/calls/gate.ts'
import { createFlights } from '../../src/connections/flights.ts'
import { createLog } from '../../src/core/log.ts'
import { TtlCache } from '../../src/core/ttl-cache.ts'

/** At which step a process dies (each commit and each request to a provider is one), and on which side of it. */
export type Death = { step: number; side: 'before' | 'after' } | undefined

const remembered = { ttlMs: 1000, entriesMax: 100 }

/**
 * A process on the same database that is killed at a step: from then on it commits and sends nothing, and hears of nothing.
 * Its memory is its own. `dead` says whether it came to that.
 */
export function mortalApp(app: App, death: Death): { app: App; dead(): boolean } {
  let steps = 0
  let dead = false
  async function step<T>(act: () => Promise<T>): Promise<T> {
    if (dead) throw new Error('this process was killed')
    const mine = steps++
    if (death?.step !== mine) return act()
    if (death.side === 'after') await act().catch(() => {})
    dead = true
    throw new Error('this process was killed')
  }
  const mortal: App = {
    ...app,
    db: {
      ...app.db,
      write: run => step(() => app.db.write(run)),
      insert: (table, row) => step(() => app.db.insert(table, row)),
    },
    net: { ...app.net, send: outgoing => step(() => app.net.send(outgoing)) },
    log: createLog('silent'),
    gate: createGate(),
    renewals: createFlights(() => {}),
    wakes: new EventEmitter(),
    memory: {
      ...app.memory,
      keys: new TtlCache(remembered),
      connections: new TtlCache(remembered),
      rules: new TtlCache(remembered),
    },
  }
  return { app: mortal, dead: () => dead }
}
