/** What happens in a run, drawn from its seed alone. */
import type { RandomFaults } from '../../../src/sandbox/faults/random-faults.ts'
import { faultPhases } from '../../../src/sandbox/faults/random-faults.ts'
import type { Random } from '../../../src/sandbox/random.ts'
import { payment } from '../../scenarios/tools.ts'
import type { Death } from '../mortal-app.ts'

/** One for each way in which sending twice matters. */
export type Kind = 'read' | 'all' | 'job' | 'natural' | 'keyed' | 'once' | 'wrong'

/** Something that an agent wants once, however often it asks. `mark` is in its requests and in no other. */
export type Wish = {
  mark: string
  kind: Kind
  tool: string
  arguments: Record<string, unknown>
  /** Which agent. */
  agent: number
  key?: string
  all?: true
  wait?: false
  /** Its agent takes it back so long after asking, if it is still waiting then. */
  cancelAfterMs?: number
  /** Somebody looks whether it waits for a member, and decides. */
  decideAfterMs?: number
  approved: boolean
  /** Nobody asks for it again, although it has a key. */
  forgotten?: true
}

export type Ask = { wish: Wish; by: number; afterMs: number }

export type Round = {
  processes: { death: Death; works: boolean; stops: boolean }[]
  asks: Ask[]
  faults?: RandomFaults | 'down'
  jumps: number
  /** After so long every lease is taken from whoever holds it, as by one whose clock is ahead. */
  thefts: number[]
}

export type Plan = { wishes: Wish[]; rounds: Round[] }

export function planOf(
  random: Random,
  { mark, isRich, agents }: { mark: string; isRich: boolean; agents: number },
): Plan {
  const wishes = Array.from({ length: isRich ? random.int(3, 8) : random.int(1, 3) }, (_, at) =>
    wishOf(random, `${mark}w${at}x`, agents),
  )
  const rounds = Array.from({ length: isRich ? 2 : 1 }, (_, round) => {
    const processes = Array.from({ length: random.int(1, isRich ? 3 : 2) }, () => ({
      death: random.int(0, 2) > 0 ? deathOf(random, isRich) : undefined,
      works: random.int(0, 2) > 0,
      stops: random.int(0, 1) === 0,
    }))
    const asks = wishes.flatMap(wish => asksOf(random, wish, { round, processes: processes.length }))
    const faults = faultsOf(random)
    return {
      processes,
      asks,
      ...(faults && { faults }),
      jumps: random.int(0, 3) === 0 ? 1 : 0,
      thefts: random.int(0, 3) === 0 ? [random.int(0, 3_000)] : [],
    }
  })
  return { wishes, rounds }
}

function deathOf(random: Random, isRich: boolean): Death {
  const side = random.pick(['before', 'after'] as const)
  const of = random.pick(['commit', 'request'] as const)
  return { of, side, step: of === 'request' ? random.int(0, 1) : random.int(0, isRich ? 10 : 6) }
}

const soonMs = [0, 0, 0, 0, 5, 600, 2_500]

/** One without a key is asked for once: whoever asks again wants another. */
function asksOf(random: Random, wish: Wish, { round, processes }: { round: number; processes: number }): Ask[] {
  const often = wish.key === undefined ? (round === 0 ? 1 : 0) : random.int(1, 3)
  return Array.from({ length: often }, () => ({
    wish,
    by: random.int(0, processes - 1),
    afterMs: random.pick(soonMs),
  }))
}

function wishOf(random: Random, mark: string, agents: number): Wish {
  const kind = random.pick<Kind>([
    'once',
    'once',
    'once',
    'once',
    'keyed',
    'keyed',
    'natural',
    'read',
    'all',
    'job',
    'wrong',
  ])
  const agent = random.int(0, 4) === 0 ? agents - 1 : random.int(0, agents - 2)
  return {
    mark,
    kind,
    ...random.pick(tools[kind])(mark, random),
    agent,
    ...(random.int(0, 1) === 0 && { key: mark }),
    ...(kind === 'all' && { all: true }),
    ...(random.int(0, 2) === 0 && { wait: false }),
    ...(random.int(0, 5) === 0 && { cancelAfterMs: random.pick([0, 5, 700, 3_000]) }),
    ...(agent === agents - 1 && random.int(0, 3) > 0 && { decideAfterMs: random.pick([5, 700, 3_000]) }),
    approved: random.int(0, 3) > 0,
    ...(random.int(0, 3) === 0 && { forgotten: true }),
  }
}

type Tool = (mark: string, random: Random) => { tool: string; arguments: Record<string, unknown> }

const tools: Record<Kind, readonly Tool[]> = {
  read: [
    mark => ({ tool: 'sandbox_search_messages', arguments: { q: mark } }),
    () => ({ tool: 'sandbox_list_payments', arguments: { limit: 100 } }),
  ],
  all: [() => ({ tool: 'sandbox_list_customers', arguments: { limit: 5 } })],
  job: [
    (_, random) => ({
      tool: 'sandbox_start_report',
      arguments: { about: random.pick(['payments', 'refunds']), seconds: random.pick([0, 1, 7]) },
    }),
  ],
  natural: [mark => ({ tool: 'sandbox_update_issue', arguments: { project: 'website', number: 1, title: mark } })],
  keyed: [mark => ({ tool: 'sandbox_create_payment', arguments: { ...payment, description: mark } })],
  once: [
    mark => ({ tool: 'sandbox_create_issue', arguments: { project: 'website', title: mark } }),
    mark => ({ tool: 'sandbox_comment_on_issue', arguments: { project: 'website', number: 1, body: mark } }),
    mark => ({ tool: 'sandbox_send_message', arguments: { to: ['a@example.com'], subject: mark, text: 'x' } }),
  ],
  wrong: [
    mark => ({ tool: 'sandbox_create_issue', arguments: { title: mark } }),
    mark => ({ tool: 'sandbox_create_issue', arguments: { project: 'nowhere', title: mark } }),
  ],
}

/**
 * Not among them: a provider that says "no" and acts all the same, which nothing could see through, and redirects, whose
 * second request is not one of ours to count.
 */
const kinds = [
  'status',
  'rate_limit',
  'slow',
  'hang',
  'hang_after_headers',
  'drip',
  'html',
  'close_on_accept',
  'close_before_read',
  'close_mid_upload',
  'close_after_read',
  'close_mid_headers',
  'close_mid_body',
  'wrong_length',
  'reset',
  'huge',
  'invalid_json',
  'gzip_bomb',
  'wrong_charset',
] as const

function faultsOf(random: Random): Round['faults'] {
  const how = random.int(0, 9)
  if (how < 2) return undefined
  if (how === 2) return 'down'
  const phases = random.int(0, 1) === 0 ? faultPhases : random.shuffle([...faultPhases]).slice(0, 2)
  return { seed: random.int(0, 2 ** 30), rate: random.pick([0.2, 0.5, 0.9]), kinds, phases, largeBytes: 100_000 }
}
