import type { Db } from '../../db/db.ts'
import type { PaceRow } from '../../db/pace-schema.ts'
import { type Limits, outMs, type Share } from './share.ts'
import type { StoredWindow } from './window.ts'

/** What a provider said is left of a limit, as all processes know it. */
export type News = { left: number; until: number; at: number }
/** What is known of a limit when a process has its turn on it. */
export type Found = Limits & { news: News | undefined; shares: Share[] }
/** What it leaves: its own share, rows that count nothing any more, the limit where it heard another one, and news. */
export type Left = { mine: Share; gone: string[]; limits?: Limits; news?: News }

/** Where the processes that share a limit write down their shares. */
export type ShareRows = {
  /** The processes take turns on a limit; `decide` is called once it is this one's. What it leaves is durable at the end. */
  turn(id: string, limits: Limits, decide: (found: Found) => Left): Promise<void>
  /** Deletes what counts nothing any more. */
  forget(nowMs: number): Promise<void>
}

export function shareRows(db: Db): ShareRows {
  return {
    turn: (id, { requests, windowMs }, decide) =>
      db.write(async tx => {
        const pace = await tx
          .insertInto('paces')
          .values({ id, requests, window_ms: windowMs, heard_left: null, heard_until: 0, heard_at: 0 })
          // Locks the row that is there.
          .onConflict(conflict => conflict.column('id').doUpdateSet(({ ref }) => ({ id: ref('excluded.id') })))
          .returningAll()
          .executeTakeFirstOrThrow()
        const rows = await tx.selectFrom('pace_shares').selectAll().where('pace_id', '=', id).execute()
        const { mine, gone, limits, news } = decide({
          requests: pace.requests,
          windowMs: Number(pace.window_ms),
          news: newsOf(pace),
          shares: rows.map(row => ({
            owner: row.owner,
            share: row.share,
            used: JSON.parse(row.used) as StoredWindow, // written below alone
            agents: row.agents,
            leaseUntil: Number(row.lease_until),
          })),
        })
        const own = {
          share: mine.share,
          used: JSON.stringify(mine.used),
          agents: mine.agents,
          lease_until: mine.leaseUntil,
        }
        await tx
          .insertInto('pace_shares')
          .values({ pace_id: id, owner: mine.owner, ...own })
          .onConflict(conflict => conflict.columns(['pace_id', 'owner']).doUpdateSet(own))
          .execute()
        if (gone.length)
          await tx.deleteFrom('pace_shares').where('pace_id', '=', id).where('owner', 'in', gone).execute()
        if (!limits && !news) return
        await tx
          .updateTable('paces')
          .set({
            ...(limits && { requests: limits.requests, window_ms: limits.windowMs }),
            ...(news && {
              heard_left: Math.min(news.left, 1_000_000_000),
              heard_until: news.until,
              heard_at: news.at,
            }),
          })
          .where('id', '=', id)
          .execute()
      }),
    forget: nowMs =>
      db.write(async tx => {
        const shares = await tx
          .selectFrom('pace_shares')
          .innerJoin('paces', 'paces.id', 'pace_shares.pace_id')
          .select(['pace_id', 'owner', 'lease_until', 'window_ms'])
          .where('lease_until', '<', nowMs - outMs(0))
          .execute()
        for (const { pace_id, owner, lease_until, window_ms } of shares)
          if (Number(lease_until) + outMs(Number(window_ms)) <= nowMs)
            await tx
              .deleteFrom('pace_shares')
              .where('pace_id', '=', pace_id)
              .where('owner', '=', owner)
              .where('lease_until', '=', lease_until)
              .execute()
        await tx
          .deleteFrom('paces')
          .where('heard_until', '<', nowMs)
          .where(({ not, exists, selectFrom }) =>
            not(exists(selectFrom('pace_shares').select('owner').whereRef('pace_id', '=', 'paces.id'))),
          )
          .execute()
      }),
  }
}

function newsOf({ heard_left, heard_until, heard_at }: PaceRow): News | undefined {
  return heard_left === null
    ? undefined
    : { left: Number(heard_left), until: Number(heard_until), at: Number(heard_at) }
}
