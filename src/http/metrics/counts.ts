/** What the database can count at once, over all workspaces and processes. */
import { sql } from 'kysely'
import type { App } from '../../app.ts'

/** A number of things, and the labels that tell them from others. */
export type Counted = { labels: Record<string, string>; count: number }

/** The same labels counted up. Pure. */
export function countUp(each: readonly Record<string, string>[]): Counted[] {
  const groups = Map.groupBy(each, labels => Object.values(labels).join(' '))
  return [...groups.values()].flatMap(([labels, ...more]) => (labels ? [{ labels, count: more.length + 1 }] : []))
}

const number = sql<number>`cast(count(*) as integer)`.as('count')

export async function jobsByState({ db }: App): Promise<Counted[]> {
  const rows = await db.read.selectFrom('jobs').select(['kind', 'state', number]).groupBy(['kind', 'state']).execute()
  return rows.map(({ count, ...labels }) => ({ labels, count }))
}

/** Those that have begun and not ended. */
export async function callsUnderWay({ db }: App): Promise<Counted[]> {
  const open = db.read.selectFrom('calls').where('ended_at', 'is', null)
  const rows = await open.select(['state', number]).groupBy('state').execute()
  return rows.map(({ count, ...labels }) => ({ labels, count }))
}

/** Of providers that this ClawLink knows. */
export async function connectionsByState({ db, catalog }: App): Promise<Counted[]> {
  const by = ['provider', 'state'] as const
  const rows = await db.read
    .selectFrom('connections')
    .select([...by, number])
    .groupBy([...by])
    .execute()
  return rows
    .filter(({ provider }) => catalog.providers.has(provider))
    .map(({ count, ...labels }) => ({ labels, count }))
}

/** Credentials that ClawLink renews by itself and that have ended all the same. */
export async function renewalsOverdue({ db, clock }: App): Promise<Counted[]> {
  const rows = await db.read
    .selectFrom('credentials')
    .select(number)
    .where('renewable', '=', 1)
    .where('expires_at', '<', clock.now())
    .execute()
  return rows.map(({ count }) => ({ labels: {}, count }))
}
