import type { Principal } from '../accounts/principal.ts'
import type { Db } from '../db/db.ts'
import { percentile } from './percentile.ts'
import { reachOf, selectUsage, type UsageFilter } from './select-usage.ts'

export type UsageSummary = {
  calls: number
  succeeded: number
  failed: number
  unknown: number
  /** How long half of them and 95 of 100 took at most; null without a call. */
  p50Ms: number | null
  p95Ms: number | null
  /** When the oldest call was made that was looked at; null when all were. */
  reachesBackTo: string | null
}

/** How many calls are looked at: the newest. */
const newest = 10_000

/** What the calls of a filter come to, of the newest 10,000 in its range of time. */
export async function summarizeUsage(db: Db, principal: Principal, filter: UsageFilter): Promise<UsageSummary> {
  const reach = await reachOf(db, principal, filter, newest)
  const groups = await selectUsage(db, principal, filter, reach)
    .select(({ fn }) => ['outcome', 'duration_ms', fn.countAll<number | string>().as('calls')])
    .groupBy(['outcome', 'duration_ms'])
    .execute()
  const counted = groups.map(group => ({ ...group, calls: Number(group.calls) }))
  const callsThat = (outcome: string) =>
    counted.filter(each => each.outcome === outcome).reduce((sum, each) => sum + each.calls, 0)
  const durations = counted.map(({ duration_ms, calls }) => ({ value: duration_ms, count: calls }))
  return {
    calls: counted.reduce((sum, each) => sum + each.calls, 0),
    succeeded: callsThat('succeeded'),
    failed: callsThat('failed'),
    unknown: callsThat('unknown'),
    p50Ms: percentile(durations, 50),
    p95Ms: percentile(durations, 95),
    reachesBackTo: reach ? new Date(reach.startedAt).toISOString() : null,
  }
}
