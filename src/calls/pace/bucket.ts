import { unstatedWaitMs } from '../retry-after.ts'
import type { Said } from './hear.ts'
import type { Limits } from './share.ts'
import { count, freedAt, graceMs, move, openWindow, usedAt, type Window } from './window.ts'

/**
 * What the provider said is left, until when: `raw` in its own words at `heardAt`, `left` of it for this process at `at`. One
 * that refills does so by `perMs`, up to `max`.
 */
export type Budget = {
  raw: number
  heardAt: number
  left: number
  at: number
  until: number
  /** The longest time that there was until then: about the length of the provider's window. */
  spanMs: number
  perMs: number
  max: number
}

/** One limit of one account or app, as this process has it. */
export type Bucket = Limits & {
  id: string
  /** Of the limit, where the provider names it. */
  name: string | undefined
  /** There when a limit is stated: then `requests` is not 0. */
  window: Window | undefined
  /** How much this process may use within a window, until the lease ends. */
  mayUse: number
  leaseUntil: number
  /** As of the last turn: how much nobody has, and how many other processes there are. */
  free: number
  others: number
  budget: Budget | undefined
  /** What a call of each tool cost, where calls do not cost alike. */
  costs: Map<string, number>
  /** Calls that waited go one after the other, not before this time. */
  nextAt: number
  /** How many were ever taken; orders answers. */
  taken: number
  /** The shortest time that answers took lately, in two spans of time, and how many they were. */
  fastest: { ms: number; beforeMs: number; since: number; answers: number }
  /** How many calls wait for it, by agent. */
  waitingBy: Map<string, number>
  waiting: number
  turn: Turn
}

/** When this process last had its turn on the limit, and what has happened since. */
export type Turn = {
  at: number
  taken: number
  agents: Set<string>
  /** The provider said something that other processes should know. */
  news: boolean
  running: Promise<void> | undefined
}

export function openBucket(id: string, { requests, windowMs }: Limits, name?: string): Bucket {
  return {
    id,
    name,
    requests,
    windowMs,
    window: requests > 0 ? openWindow(windowMs) : undefined,
    mayUse: 0,
    leaseUntil: 0,
    free: 0,
    others: 0,
    budget: undefined,
    costs: new Map(),
    nextAt: 0,
    taken: 0,
    fastest: { ms: Infinity, beforeMs: Infinity, since: 0, answers: 0 },
    waitingBy: new Map(),
    waiting: 0,
    turn: { at: 0, taken: 0, agents: new Set(), news: false, running: undefined },
  }
}

/** How many requests this process may send now. */
export function roomOf(bucket: Bucket, nowMs: number): number {
  const { window, budget } = bucket
  const ofLimit = !window ? Infinity : nowMs < bucket.leaseUntil ? bucket.mayUse - usedAt(window, nowMs) : 0
  if (!budget) return ofLimit
  if (nowMs >= budget.until) bucket.budget = nextBudget(bucket, budget, nowMs)
  return bucket.budget ? Math.min(ofLimit, leftOf(bucket.budget, nowMs)) : ofLimit
}

/**
 * The budget once the provider's window has ended. Where only its word says how much it allows, that much holds until its
 * next answer says more.
 */
function nextBudget({ window, others }: Bucket, budget: Budget, nowMs: number): Budget | undefined {
  const { max, perMs, spanMs } = budget
  if (window || perMs > 0 || max === Infinity || max < 1) return undefined
  return { ...budget, raw: max, left: Math.floor(max / (others + 1)), at: nowMs, until: nowMs + spanMs }
}

function leftOf({ left, at, perMs, max }: Budget, nowMs: number): number {
  return perMs > 0 ? Math.min(max, left + perMs * (nowMs - at)) : left
}

/** Counts one request that is sent now. Until its answer is there it counts for as long as it could be under way. */
export function spend(bucket: Bucket, tool: string, nowMs: number): void {
  bucket.taken++
  if (bucket.window) count(bucket.window, nowMs + graceMs(bucket.windowMs))
  const { budget } = bucket
  if (!budget) return
  budget.left = leftOf(budget, nowMs) - costOf(bucket, tool)
  budget.at = nowMs
}

/**
 * How far apart calls go that have waited for a short window. All at once they would be in each other's way, and each
 * answer that comes late because of that keeps its place in the window for longer. Faster than the limit, so that none of it
 * is lost.
 */
export function spacingMs({ window, windowMs, mayUse }: Bucket): number {
  return window && windowMs <= 10_000 && mayUse > 0 ? Math.min(50, windowMs / (mayUse * 1.5)) : 0
}

/** What one call of this tool takes of what the provider says is left: 1, unless the provider counts otherwise. */
export const costOf = ({ costs }: Bucket, tool: string) => costs.get(tool) ?? 1

/**
 * Counts a request at the latest time at which it can have reached the provider, now that its answer is there: the shortest
 * of all answers took the way there and back too.
 */
export function land(bucket: Bucket, sentAt: number, nowMs: number): void {
  const { window, windowMs } = bucket
  if (!window) return
  const tookMs = nowMs - sentAt
  const { fastest } = bucket
  if (nowMs - fastest.since > Math.max(10_000, windowMs)) {
    fastest.beforeMs = fastest.ms
    fastest.ms = Infinity
    fastest.since = nowMs
  }
  fastest.ms = Math.min(fastest.ms, tookMs)
  fastest.answers++
  const surelyMs = fastest.answers < answersMin ? 0 : Math.min(fastest.ms, fastest.beforeMs)
  const assumed = sentAt + graceMs(windowMs)
  move(window, assumed, Math.min(assumed, Math.max(sentAt, nowMs - surelyMs)))
}

/** From how many answers on the shortest time is taken to be the way alone. */
const answersMin = 10

/** When there is room for so many requests, as far as can be known. */
export function roomAt(bucket: Bucket, number: number, nowMs: number): number {
  const { window, budget } = bucket
  let at = nowMs
  if (window) {
    const used = usedAt(window, nowMs)
    at = freedAt(window, used + number - bucket.mayUse, bucket.mayUse, nowMs)
    // Nothing is for this process yet: others have to give something back first.
    if (bucket.mayUse === 0) at = Math.max(at, nowMs + Math.min(bucket.windowMs, 2_000))
  }
  if (!budget || nowMs >= budget.until) return at
  const missing = number - leftOf(budget, nowMs)
  if (missing <= 0) return at
  const refilledAt = budget.perMs > 0 ? Math.ceil(nowMs + missing / budget.perMs) : budget.until
  return Math.max(at, Math.min(budget.until, refilledAt))
}

/**
 * Takes in what the provider said. It says something new only where less is left than this process may use: then
 * others use the account too, or the limit is another one. `after`: how many were sent since the request that was
 * answered, which the provider may not have counted yet.
 */
export function learn(bucket: Bucket, said: Said, after: number, nowMs: number): void {
  learnLimit(bucket, said)
  const until = said.until ?? nowMs + (bucket.windowMs || unstatedWaitMs)
  if (said.until === undefined && said.left > 0 && !bucket.windowMs) return
  const { window, budget } = bucket
  if (window && said.perMs === undefined && said.left >= bucket.mayUse - usedAt(window, nowMs)) return
  const same = budget !== undefined && Math.abs(budget.until - until) <= sameResetMs
  // An older answer than the one that said less.
  if (same && said.perMs === undefined && said.left > budget.raw) return
  const left = Math.floor((said.left - (said.perMs === undefined ? after : 0)) / (bucket.others + 1))
  bucket.budget = {
    left: Math.max(0, left),
    raw: said.left,
    heardAt: nowMs,
    at: nowMs,
    until: same ? budget.until : until,
    spanMs: Math.max(1_000, budget?.spanMs ?? 0, until - nowMs),
    perMs: (said.perMs ?? 0) / (bucket.others + 1),
    max: said.perMs === undefined ? (said.max ?? Infinity) : (said.max ?? Infinity) / (bucket.others + 1),
  }
  if (said.perMs === undefined && said.left <= Math.max(50, (said.max ?? 0) / 5)) bucket.turn.news = true
}

/** Resets are told in whole seconds: those that are as near as this are one. */
const sameResetMs = 1_500

const requestsMax = 1_000_000_000

/** The limit as the provider states it for this very account, which may have another plan than most. */
function learnLimit(bucket: Bucket, { max: stated, windowMs, perMs }: Said): void {
  if (stated === undefined || stated < 1 || perMs !== undefined) return
  const max = Math.min(stated, requestsMax)
  if (!bucket.window) {
    if (windowMs === undefined) return
    bucket.windowMs = windowMs
    bucket.window = openWindow(windowMs)
  } else if (windowMs !== undefined && windowMs !== bucket.windowMs) return
  if (bucket.requests === max) return
  bucket.requests = max
  bucket.mayUse = Math.min(bucket.mayUse, max)
  bucket.turn.news = true
}
