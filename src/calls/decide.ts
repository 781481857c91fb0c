import type { Tool } from '../catalog/catalog.ts'
import { backoffMs } from '../jobs/backoff.ts'
import type { Classified, Failed } from './classify.ts'
import { unstatedWaitMs } from './retry-after.ts'

/** What a call has come to when an attempt of it is over. Times in milliseconds. */
export type Standing = {
  /** How many attempts there were. */
  attempts: number
  /** Whether an earlier one may have been carried out. */
  inDoubt: boolean
  /** How much of the call's time is used, and how much it has in all. */
  usedMs: number
  limitMs: number
  /** Gives numbers from 0 up to 1. */
  random: () => number
}

/** `safe`: it failed, or it happened, and the same call again does no harm. `unknown`: it may have happened. */
export type End = 'answer' | 'safe' | 'unknown'
/** `otherwise`: how it ends when it cannot be tried again after all. */
export type Decision = { do: 'end'; end: End } | { do: 'retry'; afterMs: number; otherwise: End }

/** What repeating a request does: nothing, the same state again, nothing under the provider's own key, or another effect. */
type Repeat = 'read' | 'natural' | 'keyed' | 'anew'

/**
 * What follows a failed attempt. `passing` is what may be over in a moment; without another attempt or time for it, the
 * row below holds. A write that may have happened is sent again only where that cannot make it happen twice. Once a keyed
 * one has ended, its key helps nobody any more: the next call carries another.
 */
const table = {
  didNotHappen: {
    // No connection could be made, or the provider refused for its rate limit.
    passing: { read: 'retry', natural: 'retry', keyed: 'retry', anew: 'retry' },
    // Refused: by the provider (4xx), by ClawLink, or by a certificate or an address that will be no other one.
    lasting: { read: 'answer', natural: 'answer', keyed: 'answer', anew: 'answer' },
  },
  mayHaveHappened: {
    // A server error, a connection that broke, no answer in time.
    passing: { read: 'retry', natural: 'retry', keyed: 'retry', anew: 'unknown' },
    // An answer that cannot be read, is too large, or leads elsewhere.
    lasting: { read: 'answer', natural: 'safe', keyed: 'unknown', anew: 'unknown' },
  },
} as const satisfies Record<string, { passing: Record<Repeat, 'retry' | End>; lasting: Record<Repeat, End> }>

const attemptsMax = 3

/** What to do now that an attempt is over. Pure. */
export function decide(tool: Tool, attempt: Classified, standing: Standing): Decision {
  if (attempt.ok) return { do: 'end', end: 'answer' }
  const repeat = repeatOf(tool)
  const rows = standing.inDoubt || mayHaveHappened(attempt) ? table.mayHaveHappened : table.didNotHappen
  const afterMs = pauseMs(attempt, standing)
  const mayPass = attempt.passing && standing.attempts < attemptsMax && isTimeFor(afterMs, standing)
  const next = mayPass ? rows.passing[repeat] : rows.lasting[repeat]
  return next === 'retry' ? { do: next, afterMs, otherwise: rows.lasting[repeat] } : { do: 'end', end: next }
}

/** Whether an attempt without a good answer may have been carried out all the same. */
export function mayHaveHappened(attempt: Classified): boolean {
  return !attempt.ok && attempt.reached !== 'not_sent' && !attempt.trusted
}

function repeatOf({ effect, idempotency }: Tool): Repeat {
  if (effect === 'read') return 'read'
  if (idempotency === 'natural') return 'natural'
  return idempotency === 'none' ? 'anew' : 'keyed'
}

/** As long as the provider asks for, and then exponential backoff with full jitter: what failed together comes back apart. */
function pauseMs({ fault }: Failed, { attempts, random }: Standing): number {
  const unstated = fault.code === 'rate_limited' ? unstatedWaitMs : 0
  return (fault.details.retryAfterMs ?? unstated) + backoffMs(attempts, random)
}

/** An attempt begins in the first two thirds of the call's time or not at all: one that is cut off does more harm than none. */
function isTimeFor(afterMs: number, { usedMs, limitMs }: Standing): boolean {
  return usedMs + afterMs <= (limitMs * 2) / 3
}
