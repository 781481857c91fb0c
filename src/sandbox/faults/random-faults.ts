import { type Random, randomFor } from '../random.ts'
import { type Fault, type FaultKind, type FaultMatch, matcherOf } from './fault.ts'

/** Faults of any kind at any phase, drawn by a seed. */
export type RandomFaults = {
  seed: number
  /** How many of the requests meet one, from 0 to 1. */
  rate: number
  /** Which requests may meet one; all, unless said. */
  match?: FaultMatch
  /** Only these kinds, and only at these phases; all, unless said. */
  kinds?: readonly FaultKind[]
  phases?: readonly FaultPhase[]
  /** How large a `huge` answer and an unpacked `gzip_bomb` are; 16 MiB unless said. */
  largeBytes?: number
}

/**
 * How far an exchange came before it went wrong, in order of time: the connection was taken and closed at once; the request
 * was not read, or only a part of it; it was read and not applied; it was applied and nothing, or a refusal, came back; the answer broke off in
 * its headers or in its body; all of an answer came, and it is no good one.
 */
export const faultPhases = [
  'on_accept',
  'before_read',
  'mid_request',
  'not_applied',
  'applied',
  'mid_headers',
  'mid_body',
  'bad_answer',
] as const
export type FaultPhase = (typeof faultPhases)[number]

/** The fault for a request, or undefined when it meets none. */
export type RandomFaultSource = (method: string, path: string) => Fault | undefined

type Drawn = { random: Random; path: string; largeBytes: number; nowMs: number }
type Way = { phase: FaultPhase; kind: FaultKind; draw: (drawn: Drawn) => Fault }

/**
 * What the nth request of one method and path meets depends on the seed and on that alone: the same requests meet the same
 * faults, in whatever order different ones arrive. Only the times that a 429 names are those of the clock.
 */
export function randomFaults(options: RandomFaults, now: () => number): RandomFaultSource {
  const { seed, rate, match, largeBytes = 16 * 1024 * 1024 } = options
  const matches = matcherOf(match)
  const ways = waysOf(options)
  const phases = faultPhases.filter(phase => ways.some(way => way.phase === phase))
  const counts = new Map<string, number>()
  return (method, path) => {
    if (!matches(method, path)) return undefined
    const which = `${method} ${path}`
    const nth = (counts.get(which) ?? 0) + 1
    counts.set(which, nth)
    const random = randomFor(seed, `${which} ${nth}`)
    if (random.next() >= rate) return undefined
    const phase = random.pick(phases)
    const way = random.pick(ways.filter(each => each.phase === phase))
    return way.draw({ random, path, largeBytes, nowMs: now() })
  }
}

/** The ways to go wrong among which these choose. */
export function waysOf({
  kinds,
  phases,
}: {
  kinds?: readonly string[] | undefined
  phases?: readonly string[] | undefined
}): readonly Way[] {
  return allWays.filter(way => (kinds?.includes(way.kind) ?? true) && (phases?.includes(way.phase) ?? true))
}

const brokenStatus = ({ random }: Drawn) => random.pick([500, 502, 503, 504])
const oftenReset = ({ random }: Drawn) => random.pick([true, false])

/** A 429 that says when to come back in one of the ways that providers do, or not at all. Waits are short. */
function tooMany({ random, nowMs }: Drawn): Fault {
  const waitS = random.int(1, 3)
  const endsS = Math.ceil(nowMs / 1000) + waitS
  const limited = (headers: Record<string, string>): Fault => ({ kind: 'rate_limit', headers })
  return random.pick<Fault>([
    { kind: 'rate_limit' },
    { kind: 'rate_limit', retryAfter: waitS },
    { kind: 'rate_limit', retryAfter: new Date(endsS * 1000).toUTCString() },
    { kind: 'rate_limit', limit: 10, remaining: 0, resetEpochS: endsS },
    limited({ 'retry-after-ms': String(waitS * 1000) }),
    limited({ 'ratelimit-limit': '10', 'ratelimit-remaining': '0', 'ratelimit-reset': String(waitS) }),
    limited({ ratelimit: `"default";r=0;t=${waitS}`, 'ratelimit-policy': '"default";q=10;w=60' }),
    limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': `${waitS}.5` }),
  ])
}

const at = (phase: FaultPhase, kind: FaultKind, draw: Way['draw']): Way => ({ phase, kind, draw })

const allWays: readonly Way[] = [
  at('on_accept', 'close_on_accept', ({ random }) => ({ kind: 'close_on_accept', connections: random.int(1, 2) })),

  at('before_read', 'close_before_read', drawn => ({ kind: 'close_before_read', reset: oftenReset(drawn) })),

  at('mid_request', 'close_mid_upload', ({ random }) => ({ kind: 'close_mid_upload', bytes: random.int(0, 300_000) })),

  at('not_applied', 'reset', () => ({ kind: 'reset', applied: false })),
  at('not_applied', 'close_after_read', () => ({ kind: 'close_after_read', applied: false })),
  at('not_applied', 'hang', () => ({ kind: 'hang', applied: false })),
  at('not_applied', 'status', drawn => ({ kind: 'status', status: brokenStatus(drawn), applied: false })),
  at('not_applied', 'rate_limit', tooMany),
  at('not_applied', 'ok_error', () => ({ kind: 'ok_error', applied: false })),
  at('not_applied', 'html', () => ({ kind: 'html', status: 503, applied: false })),
  at('not_applied', 'redirect', ({ random, path }) =>
    random.pick<Fault>([
      { kind: 'redirect', location: '/status', status: 303, applied: false },
      { kind: 'redirect', location: path, status: 307, applied: false },
    ]),
  ),

  at('applied', 'reset', () => ({ kind: 'reset', applied: true })),
  at('applied', 'close_after_read', () => ({ kind: 'close_after_read', applied: true })),
  at('applied', 'hang', () => ({ kind: 'hang', applied: true })),
  at('applied', 'slow', ({ random }) => ({ kind: 'slow', ms: random.int(1, 20) })),
  at('applied', 'status', drawn => ({ kind: 'status', status: brokenStatus(drawn), applied: true })),
  at('applied', 'html', () => ({ kind: 'html', status: 502, applied: true })),

  at('mid_headers', 'close_mid_headers', drawn => ({
    kind: 'close_mid_headers',
    reset: oftenReset(drawn),
    applied: drawn.random.pick([true, false]),
  })),

  at('mid_body', 'close_mid_body', ({ random }) => ({ kind: 'close_mid_body', chunked: random.pick([true, false]) })),
  at('mid_body', 'hang_after_headers', () => ({ kind: 'hang_after_headers' })),
  at('mid_body', 'drip', () => ({ kind: 'drip', everyMs: 10 })),
  at('mid_body', 'wrong_length', ({ random }) => ({ kind: 'wrong_length', by: random.pick([-3, 7]) })),

  at('bad_answer', 'invalid_json', () => ({ kind: 'invalid_json' })),
  at('bad_answer', 'wrong_charset', () => ({ kind: 'wrong_charset' })),
  at('bad_answer', 'html', () => ({ kind: 'html', status: 200, applied: true })),
  at('bad_answer', 'huge', ({ largeBytes }) => ({ kind: 'huge', bytes: largeBytes })),
  at('bad_answer', 'gzip_bomb', ({ largeBytes }) => ({ kind: 'gzip_bomb', bytes: largeBytes })),
]
