import type { KeyObject } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { Clock } from '../core/clock.ts'
import { isoTimes } from '../core/iso-times.ts'
import type { Log } from '../core/log.ts'
import { RecentMap } from '../core/recent-map.ts'
import { TtlCache } from '../core/ttl-cache.ts'
import type { Db } from '../db/db.ts'
import { createPresence, type Presence } from './agents/presence.ts'
import { createDatabaseClock, type DatabaseClock } from './database-clock.ts'
import { createLeaseTimers, type LeaseTimers } from './lease-timers.ts'
import type { Depth } from './messages/room.ts'
import { type KnownAgent, type RelayQueries, relayQueries } from './queries.ts'
import { createReaders, type Readers } from './readers.ts'
import { createSettled, type Settled } from './settled.ts'
import { createWake, type Wake } from './wake.ts'

/** What a process remembers for the relay. What agents were promised is in rows, never in here. */
export type Relay = DatabaseClock & {
  /** A time of the database as it is told. */
  isoTime(ms: number): string
  presence: Presence
  wake: Wake
  readers: Readers
  leases: LeaseTimers
  queries: RelayQueries
  settled: Settled
  bodyKeys: RecentMap<KeyObject>
  /** How full mailboxes are, by agent. */
  depths: RecentMap<Depth>
  /** Agents by id and by name, for a second. */
  agents: TtlCache<KnownAgent>
  close(): Promise<void>
}

type Parts = { db: Db; clock: Clock; log: Log; wakes: EventEmitter }

export async function createRelay({ db, clock, log, wakes }: Parts): Promise<Relay> {
  const time = await createDatabaseClock(db, clock)
  const presence = createPresence(db, clock, log, time.now)
  const leases = createLeaseTimers(clock, wakes)
  return {
    ...time,
    isoTime: isoTimes(),
    presence,
    wake: createWake(db, wakes, log),
    readers: createReaders(),
    leases,
    queries: relayQueries(db),
    settled: createSettled(db),
    bodyKeys: new RecentMap(2000),
    depths: new RecentMap(20_000),
    agents: new TtlCache({ ttlMs: 1000, entriesMax: 20_000 }),
    async close() {
      leases.close()
      await presence.close()
    },
  }
}
