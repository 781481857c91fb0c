import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import { type Bucket, roomOf } from './bucket.ts'
import { nextShare, type Share } from './share.ts'
import type { Found, Left, ShareRows } from './share-rows.ts'
import { openWindow, store, usedAt } from './window.ts'

/** How this process comes to its shares of limits: it has a turn on a limit when it needs one, and none while it has room. */
export type Turns = {
  /** Has a turn now, or joins the one that is on its way. Never rejects: without one, the share ends with its lease. */
  have(bucket: Bucket): Promise<void>
  /** When the next one is due by itself; infinity where the bucket is not in use. */
  dueAt(bucket: Bucket): number
  /** Whether a turn now could give it more than it has. */
  mayHelp(bucket: Bucket, nowMs: number): boolean
  /** Gives back what was not used. */
  giveBack(bucket: Bucket): Promise<void>
}

/**
 * How far apart turns are, at least: while calls wait and other processes use the limit too, while they wait and none does,
 * and while there is something free for them.
 */
const sharedEveryMs = 250
const aloneEveryMs = 1_000
const askedEveryMs = 50

const allOfMs = 60_000

/** Long enough that renewing costs nothing, short enough that what a crashed process did not use is soon free. */
const leaseMs = (windowMs: number) => Math.min(30_000, Math.max(2_000, windowMs / 10))

export function createTurns({
  rows,
  clock,
  log,
  owner,
}: {
  rows: ShareRows
  clock: Clock
  log: Log
  owner: string
}): Turns {
  function have(bucket: Bucket, isLast = false): Promise<void> {
    const { turn } = bucket
    turn.running ??= run(bucket, isLast)
      .catch(cause => {
        turn.at = clock.now()
        log.error({ err: cause }, 'a share of a rate limit could not be taken')
      })
      .finally(() => {
        turn.running = undefined
      })
    return turn.running
  }

  async function run(bucket: Bucket, isLast: boolean): Promise<void> {
    const { requests, windowMs } = bucket
    let given: { mayUse: number; free: number; others: number; leaseUntil: number } | undefined
    await rows.turn(bucket.id, { requests, windowMs }, found => {
      const decided = decide(bucket, found, isLast)
      given = decided.given
      // Others may take what is given back as soon as it is written down, which this process learns later than they do.
      bucket.mayUse = Math.min(bucket.mayUse, given.mayUse)
      return decided.left
    })
    if (given) Object.assign(bucket, given)
  }

  function decide(bucket: Bucket, found: Found, isLast: boolean) {
    const now = clock.now()
    const { turn } = bucket
    const { news: hasNews } = turn
    if (!hasNews) adopt(bucket, found)
    const { requests, windowMs, window } = bucket
    const used = window ? usedAt(window, now) : 0
    const asking = {
      owner,
      used,
      agents: isLast ? 0 : turn.agents.size,
      wants: isLast ? used : wants(bucket, used, now),
    }
    const { share, mayUse, free, others, gone } = nextShare({ requests, windowMs }, found.shares, asking, now)
    const leaseUntil = isLast ? now : now + leaseMs(windowMs)
    const mine: Share = {
      owner,
      share: window ? share : 0,
      used: store(window ?? openWindow(1)),
      agents: asking.agents,
      leaseUntil,
    }
    hearNews(bucket, found, others, now)
    turn.at = now
    turn.taken = bucket.taken
    turn.agents = new Set(bucket.waitingBy.keys())
    turn.news = false
    const { budget } = bucket
    const left: Left = {
      mine,
      gone,
      ...(hasNews && { limits: { requests, windowMs } }),
      ...(hasNews &&
        budget &&
        budget.perMs === 0 && { news: { left: budget.raw, until: budget.until, at: budget.heardAt } }),
    }
    return { left, given: { mayUse: isLast ? 0 : mayUse, free, others, leaseUntil } }
  }

  function wants(bucket: Bucket, used: number, nowMs: number): number {
    const { requests, windowMs, turn } = bucket
    const perMs = (bucket.taken - turn.taken) / Math.max(sharedEveryMs, nowMs - turn.at)
    const spare = Math.max(1, requests / 50, perMs * leaseMs(windowMs) * 1.5)
    // Of a short window a process that is used up takes what it can get: should it crash, that is soon free again.
    if (bucket.waiting && windowMs <= allOfMs) return requests
    return Math.min(requests, used + bucket.waiting + Math.ceil(spare))
  }

  const isLow = (bucket: Bucket, nowMs: number) =>
    bucket.mayUse > 0 && roomOf(bucket, nowMs) <= Math.max(1, bucket.requests / 100) && bucket.mayUse < bucket.requests

  return {
    have: bucket => have(bucket),
    dueAt(bucket) {
      const { turn, leaseUntil, windowMs, window } = bucket
      if (turn.news) return turn.at + sharedEveryMs
      if (!window) return Infinity
      if (bucket.waiting) return turn.at + (bucket.others ? sharedEveryMs : bucket.free ? askedEveryMs : aloneEveryMs)
      if (turn.at === 0 || leaseUntil <= turn.at) return Infinity
      if (bucket.taken > turn.taken && isLow(bucket, clock.now())) return turn.at + sharedEveryMs
      return leaseUntil - leaseMs(windowMs) / 3
    },
    mayHelp(bucket, nowMs) {
      if (!bucket.window) return false
      if (nowMs >= bucket.leaseUntil) return true
      return nowMs - bucket.turn.at >= askedEveryMs && bucket.mayUse < bucket.requests
    },
    async giveBack(bucket) {
      await bucket.turn.running
      await have(bucket, true)
    },
  }
}

/** The limit as another process heard it. */
function adopt(bucket: Bucket, { requests, windowMs }: Found): void {
  if (bucket.window && requests > 0 && windowMs === bucket.windowMs) bucket.requests = requests
}

/** What another process heard later than this one. */
function hearNews(bucket: Bucket, { news }: Found, others: number, nowMs: number): void {
  if (!news || news.until <= nowMs || news.at <= (bucket.budget?.heardAt ?? 0)) return
  const left = Math.floor(news.left / (others + 1))
  bucket.budget = {
    left,
    raw: news.left,
    heardAt: news.at,
    at: news.at,
    until: news.until,
    spanMs: 0,
    perMs: 0,
    max: Infinity,
  }
}
