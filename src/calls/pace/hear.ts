import type { IncomingHttpHeaders } from 'node:http'
import type { LimitHeaders, ResetUnit } from '../../catalog/define.ts'
import { valueAt } from '../../catalog/paths.ts'

/**
 * What a provider said about one limit. `left`: how many requests are left; where `perMs` is there, of points that come
 * back at that speed. `until`: when it is whole again. `max` and `windowMs`: the limit itself. `cost`: of this very call.
 */
export type Said = {
  left: number
  until?: number
  max?: number
  windowMs?: number
  perMs?: number
  cost?: number
  /** Which limit, by the provider's own name; and the fact by which it was understood. */
  named?: string
  fact?: LimitHeaders
}

type Answer = { headers: IncomingHttpHeaders; body: unknown }

/** Nothing that a provider says holds its callers up for longer. */
const untilMaxMs = 24 * 60 * 60 * 1000

/** What an answer says about limits, by the provider's facts and by the IETF's fields. Nonsense counts as nothing said. */
export function hearAnswer(facts: readonly LimitHeaders[], answer: Answer, nowMs: number): Said[] {
  const said: Said[] = []
  for (const fact of facts) {
    const heard = byFact(fact, answer, nowMs)
    if (heard) said.push({ ...heard, fact })
  }
  return said.length ? said : byStandard(answer.headers, nowMs)
}

/** Whether an answer may say anything by the IETF's fields alone: the cheap question that every answer is asked. */
export function speaksStandard(headers: IncomingHttpHeaders): boolean {
  return headers.ratelimit !== undefined || headers['ratelimit-remaining'] !== undefined
}

function byFact(fact: LimitHeaders, { headers, body }: Answer, nowMs: number): Said | undefined {
  if (fact.kind === 'plain') return byHeaders(fact, headers, nowMs)
  if (fact.kind === 'ratio') return byRatio(fact, headers, nowMs)
  const throttle = valueAt(body, fact.throttle)
  const left = amount(valueAt(throttle, 'currentlyAvailable'))
  const max = amount(valueAt(throttle, 'maximumAvailable'))
  const perS = amount(valueAt(throttle, 'restoreRate'))
  if (left === undefined || max === undefined || !perS) return undefined
  const cost = amount(valueAt(body, fact.cost))
  return { ...leaking(left, max, perS, nowMs), ...(cost && { cost }) }
}

function byHeaders(
  { left: leftName, reset, unit = 'delta_s', max: maxName, interval, named: namedBy }: LimitHeaders & { kind: 'plain' },
  headers: IncomingHttpHeaders,
  nowMs: number,
): Said | undefined {
  const left = amount(headers[leftName])
  if (left === undefined) return undefined
  const until = reset === undefined ? undefined : untilOf(headers[reset], unit, nowMs)
  const max = maxName === undefined ? undefined : amount(headers[maxName])
  const windowMs = interval === undefined ? undefined : amount(headers[interval])
  const named = namedBy === undefined ? undefined : headers[namedBy]
  return {
    left: Math.floor(left),
    ...(until !== undefined && { until }),
    ...(max !== undefined && { max: Math.floor(max) }),
    ...(windowMs !== undefined && windowMs >= 100 && windowMs <= untilMaxMs && { windowMs }),
    ...(typeof named === 'string' && { named }),
  }
}

function byRatio(
  { header, perS }: LimitHeaders & { kind: 'ratio' },
  headers: IncomingHttpHeaders,
  nowMs: number,
): Said | undefined {
  const found = /^(\d{1,9})\/(\d{1,9})$/.exec(String(headers[header] ?? ''))
  if (!found) return undefined
  const max = Number(found[2])
  return leaking(Math.max(0, max - Number(found[1])), max, perS, nowMs)
}

function leaking(left: number, max: number, perS: number, nowMs: number): Said {
  const fullMs = Math.max(0, ((max - left) / perS) * 1000)
  return { left, max, perMs: perS / 1000, until: nowMs + Math.min(untilMaxMs, Math.ceil(fullMs)) }
}

/**
 * The IETF's fields: `RateLimit: "name";r=50;t=30` with `RateLimit-Policy: "name";q=100;w=60`
 * (draft-ietf-httpapi-ratelimit-headers-10), its older form `limit=100, remaining=50, reset=30`, and the older fields
 * `RateLimit-Limit`, `-Remaining` and `-Reset`, in seconds from now. Of several limits the first eight are heard.
 */
function byStandard(headers: IncomingHttpHeaders, nowMs: number): Said[] {
  const text = headers.ratelimit
  if (typeof text !== 'string') {
    const old = byHeaders(oldFields, headers, nowMs)
    return old ? [old] : []
  }
  if (/\bremaining=/.test(text)) {
    const left = parameter(text, 'remaining')
    const reset = parameter(text, 'reset')
    return left === undefined ? [] : [{ left, ...inSeconds(reset, nowMs) }]
  }
  const policies = itemsOf(String(headers['ratelimit-policy'] ?? ''))
  return itemsOf(text)
    .flatMap(({ name, text }) => {
      const left = parameter(text, 'r')
      if (left === undefined) return []
      const policy = policies.find(each => each.name === name)?.text
      const max = policy === undefined ? undefined : parameter(policy, 'q')
      const windowS = policy === undefined ? undefined : parameter(policy, 'w')
      return {
        left,
        ...inSeconds(parameter(text, 't'), nowMs),
        ...(max !== undefined && { max }),
        ...(windowS && windowS * 1000 <= untilMaxMs && { windowMs: windowS * 1000 }),
        named: name,
      }
    })
    .slice(0, 8)
}

const oldFields = {
  kind: 'plain',
  left: 'ratelimit-remaining',
  reset: 'ratelimit-reset',
  unit: 'delta_s',
} as const satisfies LimitHeaders

/** The members of a structured list (RFC 9651) whose items are strings or tokens with parameters. */
function itemsOf(text: string): { name: string; text: string }[] {
  if (text.length > 2_000) return []
  return text.split(',').flatMap(each => {
    const found = /^\s*(?:"([^"\\]*)"|([A-Za-z*][\w:./*-]*))\s*(;.*)$/.exec(each)
    return found ? [{ name: found[1] ?? found[2] ?? '', text: found[3] ?? '' }] : []
  })
}

function parameter(text: string, name: string): number | undefined {
  const found = new RegExp(`(?:^|[;,\\s])${name}=(\\d{1,9})(?![\\d.])`).exec(text)
  return found ? Number(found[1]) : undefined
}

function inSeconds(seconds: number | undefined, nowMs: number): { until?: number } {
  return seconds === undefined ? {} : { until: bounded(nowMs + seconds * 1000, nowMs) }
}

function untilOf(value: unknown, unit: ResetUnit, nowMs: number): number | undefined {
  if (typeof value !== 'string') return undefined
  if (unit === 'date') {
    const at = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN
    return Number.isNaN(at) ? undefined : bounded(at, nowMs)
  }
  const ms = unit === 'duration' ? durationMs(value) : amount(value)
  if (ms === undefined) return undefined
  // Some that say how long it is by the standard say a moment instead.
  if (unit === 'epoch_s' || (unit === 'delta_s' && ms > 1_000_000_000)) return bounded(ms * 1000, nowMs)
  if (unit === 'epoch_ms') return bounded(ms, nowMs)
  return bounded(nowMs + (unit === 'delta_s' ? ms * 1000 : ms), nowMs)
}

/** `1s`, `6m0s`, `20ms`, `1h2m3.5s`. */
function durationMs(text: string): number | undefined {
  const found = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6}(?:\.\d{1,9})?)s)?(?:(\d{1,9})ms)?$/.exec(text)
  if (!found || !text) return undefined
  const [hours, minutes, seconds, ms] = found.slice(1).map(part => Number(part ?? 0))
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000 + (ms ?? 0)
}

const bounded = (at: number, nowMs: number) => Math.min(Math.max(Math.ceil(at), nowMs), nowMs + untilMaxMs)

/** A number that is not negative, from JSON or from a header. */
function amount(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\d{1,16}(\.\d{1,9})?$/.test(value)) return undefined
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return undefined
  return number
}
