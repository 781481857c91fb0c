import type { App } from '../app.ts'
import type { CallRow } from '../db/schema.ts'
import { approvalLink } from './approvals/approval.ts'

/** `parked`: it waits for a member. `queued`: for its turn. `running`: it is sent or about to be, or the provider works on it. */
export type CallState = 'parked' | 'queued' | 'running' | 'ended'

/** What a call is: names of its tool, and ids of its account and agent. */
export type CallFacts = { tool: string; connection: string; agent: string; startedAt: string }

/** What a provider says about work that takes it longer. */
export type Progress = { percent?: number; message?: string }

/** How far a call is that has not ended. */
export type OpenCall = {
  callId: string
  state: CallState
  call: CallFacts
  /** When it began and when it last changed, Unix milliseconds. */
  startedAt: number
  changedAt: number
  /** There while a member has to decide. */
  approval?: { id: string; link: string; expiresAt: string }
  /** There while it waits for its turn: as which one for this account, and when it is expected to be sent. */
  queue?: { position: number; expectedAt: string }
  /** There once the provider has said how far it is with it. */
  progress?: Progress
}

type Found<T> = Promise<Map<string, T>>

/** How far each of these calls is, none of which has ended: a few reads, however many they are. */
export async function howFar(app: App, rows: readonly CallRow[]): Promise<OpenCall[]> {
  const inState = (state: CallState) => rows.filter(row => stateOf(row) === state)
  const [approvals, queues] = await Promise.all([approvalsOf(app, inState('parked')), queuesOf(app, inState('queued'))])
  return rows.map(row => {
    const approval = approvals.get(row.id)
    const queue = queues.get(row.id)
    const state = stateOf(row)
    const progress: Progress | undefined = row.progress ? JSON.parse(row.progress) : undefined // as it is written
    return {
      callId: row.id,
      state,
      call: {
        tool: row.tool,
        connection: row.connection_id,
        agent: row.agent_id,
        startedAt: new Date(row.started_at).toISOString(),
      },
      startedAt: row.started_at,
      changedAt: row.sent_at ?? row.started_at,
      ...(approval && { approval }),
      ...(queue && { queue }),
      ...(state === 'running' && progress && { progress }),
    }
  })
}

function stateOf({ state }: CallRow): CallState {
  if (state === 'awaiting_approval') return 'parked'
  return state === 'queued' || state === 'ended' ? state : 'running'
}

async function approvalsOf(app: App, parked: readonly CallRow[]): Found<NonNullable<OpenCall['approval']>> {
  if (!parked.length) return new Map()
  const rows = await app.db.read
    .selectFrom('approvals')
    .select(['call_id', 'id', 'expires_at'])
    .where('call_id', 'in', idsOf(parked))
    .execute()
  return new Map(
    rows.map(({ call_id, id, expires_at }) => [
      call_id,
      { id, link: approvalLink(app, id), expiresAt: new Date(expires_at).toISOString() },
    ]),
  )
}

/** The place of each among the calls that wait for the same account, and when its job looks whether it is its turn. */
async function queuesOf(app: App, queued: readonly CallRow[]): Found<NonNullable<OpenCall['queue']>> {
  if (!queued.length) return new Map()
  const connections = [...new Set(queued.map(row => row.connection_id))]
  const ranked = app.db.read
    .selectFrom('calls')
    .select(({ fn }) => [
      'id',
      fn
        .agg<number>('rank')
        .over(each => each.partitionBy('connection_id').orderBy('started_at').orderBy('id'))
        .as('position'),
    ])
    .where('connection_id', 'in', connections)
    .where('state', '=', 'queued')
  const places = app.db.read.selectFrom(ranked.as('ranked')).selectAll().where('id', 'in', idsOf(queued))
  const jobs = app.db.read
    .selectFrom('jobs')
    .select(['subject', 'run_at'])
    .where('subject', 'in', idsOf(queued))
    .where('kind', '=', 'resume_call')
  const [positions, due] = await Promise.all([places.execute(), jobs.execute()])
  const now = app.clock.now()
  const runAt = new Map(due.map(({ subject, run_at }) => [subject, run_at]))
  // One that is taken up between the reads has no place any more: then it is the next.
  const place = new Map(positions.map(({ id, position }) => [id, Number(position)]))
  return new Map(
    idsOf(queued).map(id => [
      id,
      { position: place.get(id) ?? 1, expectedAt: new Date(Math.max(runAt.get(id) ?? 0, now)).toISOString() },
    ]),
  )
}

const idsOf = (rows: readonly CallRow[]) => rows.map(({ id }) => id)
