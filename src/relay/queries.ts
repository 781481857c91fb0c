import { type Kysely, type Selectable, sql } from 'kysely'
import type { Change, Db, Point } from '../db/db.ts'
import type { RelayMessageRow } from '../db/relay-schema.ts'
import type { Schema } from '../db/schema.ts'
import { priorities } from './priority.ts'

/** A message that may be handed out, with what decides about it. */
export type Waiting = {
  seq: number
  lane: number
  bytes: number
  created_at: number
  expires_at: number
  deliveries: number
}

/** An agent, and since when it is off the list of the relay, if it has been there. */
export type KnownAgent = { id: string; name: string; left_at: number | null }

export type RelayQueries = {
  /** Id of the mailbox, time, and the device twice, once per lane: up to `few` of each lane, or up to `many`. */
  few: Point<Waiting>
  many: Point<Waiting>
  message: Point<{ id: string; mailbox: string; thread: string; digest: string }>
  agentById: Point<KnownAgent>
  agentByName: Point<KnownAgent>
  /** Lease, until when, and the device that takes it; the message's number, and the time. */
  take: Change<Selectable<RelayMessageRow>>
  /** When it is forgotten, and of what is acknowledged: id, mailbox and lease. */
  ack: Change<{ id: string; thread: string; bytes: number }>
}

export const few = 10
/** And no more than these are handed out at once. */
export const many = 100

/** The queries of the busy paths, made ready once. The values given here only mark where parameters go. */
export function relayQueries(db: Db): RelayQueries {
  const agents = (q: Kysely<Schema>) =>
    q
      .selectFrom('agents')
      .leftJoin('relay_agents', 'relay_agents.agent_id', 'agents.id')
      .select(['agents.id', 'agents.name', 'relay_agents.left_at'])
      .where('agents.workspace_id', '=', '')
  return {
    few: db.point(q => ({ compile: () => waitingQuery(few).compile(q) })),
    many: db.point(q => ({ compile: () => waitingQuery(many).compile(q) })),
    message: db.point(q =>
      q.selectFrom('relay_messages').select(['id', 'mailbox', 'thread', 'digest']).where('id', '=', ''),
    ),
    agentById: db.point(q => agents(q).where('agents.id', '=', '')),
    agentByName: db.point(q => agents(q).where('agents.name', '=', '')),
    take: db.change(q =>
      q
        .updateTable('relay_messages')
        .set({ lease: '', lease_until: 0, holder: '', deliveries: sql`deliveries + 1` })
        .where('seq', '=', 0)
        .where('state', '=', sql.lit('waiting'))
        .where('lease_until', '<=', 0)
        .returningAll(),
    ),
    ack: db.change(q =>
      q
        .updateTable('relay_messages')
        .set({ state: sql.lit('done'), expires_at: 0 })
        .where('id', '=', '')
        .where(ofMailbox(''))
        .where('lease', '=', '')
        .where('state', '=', sql.lit('waiting'))
        .returning(['id', 'thread', 'bytes']),
    ),
  }
}

/** Not by the mailbox's index: of many ids SQLite would look for each in all that waits there. */
export const ofMailbox = (agentId: string) => sql<boolean>`(mailbox || '') = ${agentId}`

/**
 * Of a mailbox what waits, with the lanes named: else SQLite goes through all that was ever in it, which may be hundreds of
 * times as much.
 */
export const isWaiting = (mailbox: string) =>
  sql<boolean>`mailbox = ${mailbox} and lane in (${sql.join(priorities.map((_, lane) => sql.lit(lane)))}) and state = 'waiting'`

/**
 * The first ones of each lane that nobody holds. Of a thread only the first that waits: what is later comes when it is done
 * with, so that a thread stays in order whoever receives it, and however often. What is for another device is passed over:
 * nobody holds up a thread by a message for a device that never comes.
 */
function waitingQuery(limit: number) {
  const lanes = priorities.map(
    (_, lane) => sql<Waiting>`select * from (
      select seq, lane, bytes, created_at, expires_at, deliveries from relay_messages as m
      where mailbox = ${''} and lane = ${sql.lit(lane)} and state = 'waiting' and lease_until <= ${0}
        and (to_device = '' or to_device = ${''})
        and (thread = '' or not exists (
          select 1 from relay_messages as earlier
          where earlier.mailbox = m.mailbox and earlier.thread = m.thread and earlier.seq < m.seq
            and earlier.state = 'waiting' and earlier.thread <> ''
            and (earlier.to_device = '' or earlier.to_device = ${''})))
      order by seq limit ${sql.lit(limit)}) as ${sql.ref(`lane${lane}`)}`,
  )
  return sql<Waiting>`${sql.join(lanes, sql` union all `)}`
}
