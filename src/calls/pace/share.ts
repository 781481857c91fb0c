import { graceMs, type StoredWindow, storedUse } from './window.ts'

/** How much of a limit a process may use, as it wrote that down last. */
export type Share = {
  owner: string
  /** What it uses within any window is never more. */
  share: number
  used: StoredWindow
  /** How many agents wait for more of it there. */
  agents: number
  /** It uses nothing more after this time unless it writes again. */
  leaseUntil: number
}

export type Limits = { requests: number; windowMs: number }

/** A process that asks for its next share: what it used, and what it would use if it could. */
export type Asking = { owner: string; used: number; wants: number; agents: number }

/** `share` is to be written down; `mayUse` is what it may use from now on. `gone`: rows that count nothing any more. */
export type Given = { share: number; mayUse: number; free: number; others: number; gone: string[] }

/** For clocks of several machines that do not agree to the millisecond. */
const skewMs = 250

/**
 * The next share of a process, from what all wrote down. The shares of all together never exceed the limit: a process may
 * take what is free, and must give back what is beyond its fair part while others wait, as soon as that is not used
 * any more. What it has used it keeps until it ages out of the window.
 */
export function nextShare(
  { requests, windowMs }: Limits,
  rows: readonly Share[],
  asking: Asking,
  nowMs: number,
): Given {
  const others = rows.filter(({ owner }) => owner !== asking.owner)
  const live = others.filter(({ leaseUntil }) => leaseUntil + skewMs > nowMs)
  const gone = others.filter(({ leaseUntil }) => leaseUntil + outMs(windowMs) <= nowMs).map(({ owner }) => owner)
  let blocked = 0
  for (const other of others) blocked += live.includes(other) ? other.share : leftBehind(other, windowMs, nowMs)
  const dead = blocked - live.reduce((sum, { share }) => sum + share, 0)

  const needs = live.map(({ owner, share, agents }) => ({
    owner,
    // Who waits would use whatever it got; who does not has what it needs.
    need: agents > 0 ? requests : share,
    weight: Math.max(1, agents),
  }))
  needs.push({ owner: asking.owner, need: asking.wants, weight: Math.max(1, asking.agents) })
  needs.sort((a, b) => (a.owner < b.owner ? -1 : 1))
  const parts = fairParts(Math.max(0, requests - dead), needs, turnOf(windowMs, nowMs))
  const fair = parts[needs.findIndex(({ owner }) => owner === asking.owner)] ?? 0

  const available = Math.max(0, requests - blocked)
  const mayUse = Math.min(fair, available)
  return { share: Math.max(asking.used, mayUse), mayUse, free: available - mayUse, others: live.length, gone }
}

/** How long after the end of a lease what was used under it may still count. */
export const outMs = (windowMs: number) => skewMs + graceMs(windowMs) + windowMs * 1.1 + 100

/**
 * What a process that is gone may have used and that still counts: what it wrote down, and what it could use between that
 * and the end of its lease.
 */
function leftBehind({ share, used, leaseUntil }: Share, windowMs: number, nowMs: number): number {
  // By the clock of that process, which may be behind.
  const counted = storedUse(used, windowMs, nowMs - skewMs)
  if (leaseUntil + outMs(windowMs) <= nowMs) return 0
  return Math.min(share, counted + share - Math.min(share, storedUse(used, windowMs, leaseUntil)))
}

/**
 * Shares out so that nobody gets more than it needs, and those who need more get as much as each other by weight. What does
 * not divide goes to one after the other by `turn`.
 */
export function fairParts(total: number, needs: readonly { need: number; weight: number }[], turn: number): number[] {
  const parts = needs.map(() => 0)
  let left = total
  let hungry = needs.map((_, at) => at)
  while (hungry.length) {
    const weights = hungry.reduce((sum, at) => sum + (needs[at]?.weight ?? 0), 0)
    const perWeight = left / weights
    const fed = hungry.filter(at => (needs[at]?.need ?? 0) <= perWeight * (needs[at]?.weight ?? 0))
    if (!fed.length) {
      for (const at of hungry) parts[at] = Math.floor(perWeight * (needs[at]?.weight ?? 0))
      let rest = left - hungry.reduce((sum, at) => sum + (parts[at] ?? 0), 0)
      for (let i = 0; rest > 0 && i < hungry.length; i++) {
        const at = hungry[(turn + i) % hungry.length] ?? 0
        if ((parts[at] ?? 0) >= (needs[at]?.need ?? 0)) continue
        parts[at] = (parts[at] ?? 0) + 1
        rest--
      }
      return parts
    }
    for (const at of fed) {
      parts[at] = needs[at]?.need ?? 0
      left -= parts[at] ?? 0
    }
    hungry = hungry.filter(at => !fed.includes(at))
  }
  return parts
}

/** Whose turn it is to get what does not divide: all processes reckon alike. */
function turnOf(windowMs: number, nowMs: number): number {
  return Math.floor(nowMs / Math.max(2 * windowMs, 2_000))
}
