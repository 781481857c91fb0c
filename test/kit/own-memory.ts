import { EventEmitter } from 'node:events'
import type { App } from '../../src/app.ts'
import { openBreakers } from '../../src/calls/breaker/breakers.ts'
import { createNotices } from '../../src/calls/output/notices.ts'
import { createPacer } from '../../src/calls/pace/pacer.ts'
import { shareRows } from '../../src/calls/pace/share-rows.ts'
import { createFlights } from '../../src/connections/flights.ts'
import { createPlaces } from '../../src/core/places.ts'
import { TtlCache } from '../../src/core/ttl-cache.ts'
import { recordEvent } from '../../src/events/record-event.ts'

const remembered = { ttlMs: 1000, entriesMax: 100 }

/** The same ClawLink as another process would have it: everything that it only remembers begins anew. */
export async function withOwnMemory(parts: App): Promise<App> {
  const { db, clock, log } = parts
  const wakes = new EventEmitter().setMaxListeners(0)
  const app: App = {
    ...parts,
    wakes,
    pacer: createPacer({ rows: shareRows(db), clock, log, wakes }),
    breakers: await openBreakers({ db, clock, log, record: (tx, event) => recordEvent(tx, app, event) }),
    notices: createNotices(() => app),
    places: createPlaces(),
    renewals: createFlights(() => {}),
    memory: {
      keys: new TtlCache(remembered),
      sessions: new TtlCache(remembered),
      connections: new TtlCache(remembered),
      rules: new TtlCache(remembered),
    },
  }
  return app
}
