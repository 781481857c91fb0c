import { Fault } from '../core/errors.ts'
import { firstId } from '../core/ids.ts'
import { RecentMap } from '../core/recent-map.ts'
import type { Db } from '../db/db.ts'
import type { AgentPrincipal } from './principal.ts'

/** Holds the calls per minute and per day of the keys that have such limits. The others cost nothing here. */
export type KeyLimits = {
  /** Counts a call that begins now; a fault when that is one too many. */
  begin(principal: AgentPrincipal, nowMs: number): Fault | undefined | Promise<Fault | undefined>
  /** Says that the usage row of a call is written. */
  end(principal: AgentPrincipal, startedAtMs: number): void
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
/** How old what other processes did may be. */
const freshMs = 1000

/** A minute or a day (UTC) of one key, as this process knows it. */
type Window = {
  startMs: number
  /** Calls that began here, and those of them whose row is not written yet. */
  begun: number
  running: number
  /** At the last look into the usage record: the calls of all processes there, and those that ran here. */
  seen: number
  /** Calls that began here since that look. */
  since: number
}

/**
 * How far the usage record is known: calls before `cutMs` are counted once, later ones with each look. `ofDay`: the last look
 * was for a limit per day; without one it sees no further back than this minute.
 */
type Known = { readAt: number; ofDay: boolean; cutMs: number; beforeCut: number }

type Count = { minute: Window; day: Window; known: Known; reading: Promise<void> | undefined }

/**
 * Windows are calendar minutes and days (UTC), and every call that gets a usage row counts, refused ones too. Within one
 * process a limit is exact. Across processes it is off by at most what the others had running or did in the last second;
 * of the day also by their calls that ran for more than a minute. No call writes anything for it.
 */
export function createKeyLimits(db: Db): KeyLimits {
  const counts = new RecentMap<Count>(10_000)

  function countOf(keyId: string, nowMs: number): Count {
    let count = counts.get(keyId)
    if (!count) {
      const day = newWindow(nowMs, dayMs)
      const known = { readAt: Number.NEGATIVE_INFINITY, ofDay: false, cutMs: day.startMs, beforeCut: 0 }
      count = { minute: newWindow(nowMs, minuteMs), day, known, reading: undefined }
      counts.set(keyId, count)
    }
    if (startOf(nowMs, minuteMs) > count.minute.startMs) count.minute = newWindow(nowMs, minuteMs)
    if (startOf(nowMs, dayMs) > count.day.startMs) {
      count.day = newWindow(nowMs, dayMs)
      count.known = { ...count.known, cutMs: count.day.startMs, beforeCut: 0 }
    }
    return count
  }

  async function look(principal: AgentPrincipal, count: Count, nowMs: number): Promise<void> {
    const { minute, day, known } = count
    const { workspaceId, keyId, callsPerDay } = principal
    // Without a limit per day nothing before this minute matters.
    const fromMs = callsPerDay === null ? minute.startMs : known.cutMs
    const cutMs = Math.max(fromMs, minute.startMs - minuteMs)
    const { all, early, late } = await db.read
      .selectFrom('usage')
      .select(({ fn, eb }) => [
        fn.countAll<number>().as('all'),
        fn.sum<number | null>(eb.case().when('call_id', '<', firstId('call', cutMs)).then(1).else(0).end()).as('early'),
        fn
          .sum<number | null>(eb.case().when('call_id', '>=', firstId('call', minute.startMs)).then(1).else(0).end())
          .as('late'),
      ])
      .where('workspace_id', '=', workspaceId)
      .where('call_id', '>=', firstId('call', fromMs))
      .where('key_id', '=', keyId)
      .executeTakeFirstOrThrow()
    for (const [window, found] of [
      [minute, late ?? 0],
      [day, known.beforeCut + all],
    ] as const) {
      window.seen = found + window.running
      window.since = 0
    }
    known.readAt = nowMs
    known.ofDay = callsPerDay !== null
    // What was not looked at is still to be counted, should the key get a limit per day.
    if (!known.ofDay) return
    known.cutMs = cutMs
    known.beforeCut += early ?? 0
  }

  return {
    begin(principal, nowMs) {
      if (!isLimited(principal)) return undefined
      const count = countOf(principal.keyId, nowMs)
      const { readAt, ofDay } = count.known
      if (nowMs - readAt < freshMs && (ofDay || principal.callsPerDay === null)) return take(principal, count, nowMs)
      count.reading ??= look(principal, count, nowMs).finally(() => {
        count.reading = undefined
      })
      return count.reading.then(() => take(principal, count, nowMs))
    },
    end(principal, startedAtMs) {
      const count = isLimited(principal) ? counts.get(principal.keyId) : undefined
      if (!count) return
      for (const window of [count.minute, count.day]) if (startedAtMs >= window.startMs) window.running--
    },
  }
}

const isLimited = ({ callsPerMinute, callsPerDay }: AgentPrincipal) => callsPerMinute !== null || callsPerDay !== null

const startOf = (nowMs: number, lengthMs: number) => nowMs - (nowMs % lengthMs)

function newWindow(nowMs: number, lengthMs: number): Window {
  return { startMs: startOf(nowMs, lengthMs), begun: 0, running: 0, seen: 0, since: 0 }
}

function take({ callsPerMinute, callsPerDay }: AgentPrincipal, count: Count, nowMs: number): Fault | undefined {
  for (const window of [count.minute, count.day]) {
    window.begun++
    window.running++
    window.since++
  }
  if (callsPerMinute !== null && madeIn(count.minute) > callsPerMinute) {
    return new Fault('rate_limited', `This key may make ${callsPerMinute} calls per minute.`, {
      retryAfterMs: count.minute.startMs + minuteMs - nowMs,
    })
  }
  if (callsPerDay !== null && madeIn(count.day) > callsPerDay) {
    return new Fault('quota_exceeded', `This key may make ${callsPerDay} calls per day.`, {
      retryAfterMs: count.day.startMs + dayMs - nowMs,
      fix: 'Ask a member to raise the limit of this key, or wait until it resets at midnight (UTC).',
    })
  }
  return undefined
}

/** What this process knows for certain is never less than what it knows of all. */
const madeIn = ({ begun, seen, since }: Window) => Math.max(begun, seen + since)
