import type { IncomingHttpHeaders } from 'node:http'
import type { WireResult } from '../net/wire.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The pauses between tries, about as Standard Webhooks advises: ten tries over some three days. */
export const pausesMs: readonly number[] = [
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
]

/** Up to this much of a pause is added by chance, so that what failed together does not come back together. */
const jitter = 0.2
/** No receiver may put off its deliveries for longer than this by a header. */
const askedMsMax = dayMs
/** An endpoint that nothing has reached for so long is turned off. */
export const failingMsMax = 5 * dayMs

/** What becomes of a delivery: it is done, tried again at a time, or given up; and whether its endpoint is turned off. */
export type Next =
  | { state: 'delivered' }
  | { state: 'waiting'; at: number; problem: string }
  | { state: 'failed'; problem: string; turnOff: false | 'gone' | 'failing' }

/**
 * What follows a try. `attempts` counts this one; `failingSince` is since when the endpoint has failed, this try included;
 * `once`: it is not tried again. `random` gives numbers from 0 up to 1. Pure but for that.
 */
export function afterTry(
  result: WireResult,
  {
    attempts,
    failingSince,
    once,
    nowMs,
    random,
  }: { attempts: number; failingSince: number; once: boolean; nowMs: number; random: () => number },
): Next {
  if (result.kind === 'answered' && result.status >= 200 && result.status < 300) return { state: 'delivered' }
  const problem = problemOf(result)
  if (result.kind === 'answered' && result.status === 410) return { state: 'failed', problem, turnOff: 'gone' }
  if (nowMs - failingSince >= failingMsMax) return { state: 'failed', problem, turnOff: 'failing' }
  const pause = pausesMs[attempts - 1]
  if (once || pause === undefined) return { state: 'failed', problem, turnOff: false }
  const asked = result.kind === 'answered' ? askedMs(result.headers, nowMs) : 0
  return { state: 'waiting', at: nowMs + Math.max(Math.floor(pause * (1 + jitter * random())), asked), problem }
}

/** Our own words alone: what a receiver answers is not shown. */
function problemOf(result: WireResult): string {
  if (result.kind === 'lost') return result.message
  if (result.status >= 300 && result.status < 400)
    return `It answered with ${result.status}: redirects are not followed.`
  if (result.status === 410) return 'It answered with 410: it wants nothing any more.'
  return `It answered with ${result.status}.`
}

/** How long the receiver asks to be left alone (`Retry-After`: seconds or a date; RFC 9110, 10.2.3); nonsense says nothing. */
function askedMs({ 'retry-after': asked = '' }: IncomingHttpHeaders, nowMs: number): number {
  const ms = /^\d+$/.test(asked) ? Number(asked) * secondMs : / GMT$/.test(asked) ? Date.parse(asked) - nowMs : 0
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(0, ms), askedMsMax)
}
