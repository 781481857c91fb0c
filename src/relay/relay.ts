import type { KeyObject } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { sql } from 'kysely'
import type { Clock } from '../core/clock.ts'
import { isoTimes } from '../core/iso-times.ts'
import type { Log } from '../core/log.ts'
import { RecentMap } from '../core/recent-map.ts'
import { TtlCache } from '../core/ttl-cache.ts'
import type { Db } from '../db/db.ts'
import { createPresence, type Presence } from './agents/presence.ts'
import { createLeaseTimers, type LeaseTimers } from './lease-timers.ts'
import type { Depth } from './messages/room.ts'
import { type KnownAgent, type RelayQueries, relayQueries } from './queries.ts'
import { createReaders, type Readers } from './readers.ts'
import { createSettled, type Settled } from './settled.ts'
import { createWake, type Wake } from './wake.ts'

/** What a process remembers for the relay. What agents were promised is in rows, never in here. */
export type Relay = {
  /**
   * The time of the database, as far as it was measured at the start: processes whose clocks differ agree on when a lease is
   * over.
   */
  now(): number
  /** Such a time as it is told. */
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
  const aheadMs = await aheadOf(db, clock)
  const now = () => clock.now() + aheadMs
  const presence = createPresence(db, clock, log, now)
  const leases = createLeaseTimers(clock, wakes)
  return {
    now,
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

/** How far the database's clock is ahead of ours. SQLite has none of its own. */
async function aheadOf(db: Db, clock: Clock): Promise<number> {
  if (db.dialect === 'sqlite') return 0
  const before = clock.now()
  const { rows } = await sql<{ at: number }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at`.execute(db.read)
  return (rows[0]?.at ?? before) - Math.round((before + clock.now()) / 2)
}
