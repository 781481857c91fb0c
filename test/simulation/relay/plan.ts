/** What happens in a run, drawn from its seed alone. */
import { type Priority, priorities } from '../../../src/relay/priority.ts'
import type { Random } from '../../../src/sandbox/random.ts'
import type { Death } from '../mortal-app.ts'

/** Something that an agent wants to say once, however often it says it. `mark` is in what it says and in nothing else. */
export type Wish = {
  mark: string
  kind: 'message' | 'task' | 'broadcast'
  /** Which agent says it, and to whom a message goes. */
  from: number
  to: number
  /** Only for one device of the receiver. */
  device?: string
  thread?: string
  priority: Priority
  /** With it, it may be said again. */
  key?: string
  expiresInMs?: number
  /** So much text goes with it. */
  length: number
}

export type Fate = {
  /** What the receiver does with a message: nothing at all when it dies; `keep` is to extend the lease first. */
  how: 'ack' | 'release' | 'die' | 'keep' | 'ack twice'
  /** So many turns later. */
  turns: number
  by: number
}

export type Take = {
  kind: 'take'
  agent: number
  device: string
  limit: number
  leaseMs: number
  by: number
  /** It waits so long for something to come. */
  waitMs: number
  /** While it waits, it goes away. */
  leaves: boolean
  fate: Fate
  /** What it does about a task that it gets, before anything else; nothing when it goes quiet. */
  work: readonly ('accept' | 'progress' | 'complete' | 'reject')[]
}

/** An agent that waits at its mailbox and is brought what comes. */
export type Read = {
  kind: 'read'
  agent: number
  device: string
  /** Nobody else has this device. */
  isAlone: boolean
  by: number
  window: number
  leaseMs: number
  /** When it takes no more, and takes more again. */
  pauses: readonly { from: Moment; until: Moment }[]
  /** Each so many times it is not known at once whether it may still read. */
  askedEvery: number
  closes: Moment
  /** The server stops and the client goes at the same moment. */
  closesTwice: boolean
  /** What it does with each message. */
  fate: Fate
  work: Take['work']
}

/** So many turns later, and so many steps into that turn. */
export type Moment = { turns: number; steps: number }

export type Act =
  | { kind: 'say'; wish: Wish; by: number; changed: boolean }
  | Take
  | Read
  | { kind: 'tidy'; by: number }
  | { kind: 'end'; how: 'stops' | 'killed'; by: number }

/** What happens at the same moment, and how long it then is until the next one. */
export type Turn = { acts: Act[]; thenMs: number }

export type Plan = {
  wishes: Wish[]
  /** When each process dies, and each that takes its place. */
  processes: { deaths: Death[]; skewMs: number }[]
  turns: Turn[]
}

export const devices = ['desk', 'shed']
const shortly = [0, 0, 0, 1, 500]
const longer = [2_000, 16_000, 31_000, 61_000, 130_000]
const leasesMs = [15_000, 60_000, 60_000, 600_000]

export function planOf(random: Random, { mark, agents }: { mark: string; agents: number }): Plan {
  const turns = random.int(4, 14)
  const busy = random.int(1, 4)
  const processes = Array.from({ length: random.int(1, 3) }, () => ({
    deaths: Array.from({ length: 4 }, () => (random.int(0, 2) > 0 ? deathOf(random) : undefined)),
    skewMs: random.pick([0, 0, 3_600_000, -3_600_000]),
  }))
  const by = () => random.int(0, processes.length - 1)
  // Few of them have much to do with each other.
  const crowd = random.shuffle(Array.from({ length: agents }, (_, at) => at)).slice(0, random.int(2, agents))
  const isRead = random.int(0, 3) > 0
  const wishes = Array.from({ length: random.int(2, 5 * busy) }, (_, at) => wishOf(random, `${mark}w${at}x`, crowd))
  const says = wishes.map(wish => {
    const first = random.int(0, turns - 1)
    const often = wish.key === undefined ? 1 : random.int(1, 3)
    return Array.from({ length: often }, (_, nth) => ({
      turn: nth === 0 ? first : random.int(first, turns - 1),
      act: { kind: 'say', wish, by: by(), changed: nth > 0 && random.int(0, 9) === 0 } as const,
    }))
  })
  return {
    wishes,
    processes,
    turns: Array.from({ length: turns }, (_, turn) => ({
      acts: random.shuffle<Act>([
        ...says.flat().flatMap(each => (each.turn === turn ? [each.act] : [])),
        ...Array.from({ length: random.int(0, isRead ? busy : 2 * busy) }, () => takeOf(random, crowd, by)),
        ...Array.from({ length: isRead ? random.int(0, turn === 0 ? 3 : 2) : 0 }, (_, at) =>
          readOf(random, { crowd, by, own: `${mark} ${turn} ${at}` }),
        ),
        ...(random.int(0, 3) === 0 ? [{ kind: 'tidy', by: by() } as const] : []),
        ...(random.int(0, 9) === 0
          ? [{ kind: 'end', how: random.pick(['stops', 'killed'] as const), by: by() } as const]
          : []),
      ]),
      thenMs: random.pick(random.int(0, 3) === 0 ? longer : shortly),
    })),
  }
}

const deathOf = (random: Random): Death => ({
  side: random.pick(['before', 'after'] as const),
  step: random.int(0, 12),
})

function wishOf(random: Random, mark: string, crowd: number[]): Wish {
  const kind = random.pick(['message', 'message', 'message', 'message', 'message', 'task', 'broadcast'] as const)
  const inThread = kind === 'message' && random.int(0, 1) === 0
  return {
    mark,
    kind,
    from: random.pick(crowd),
    to: random.pick(crowd),
    ...(kind === 'message' && random.int(0, 5) === 0 && { device: random.pick(devices) }),
    // A thread has a name of this run's own.
    ...(inThread && { thread: `${mark.split('w')[0]} ${random.int(0, 1)}` }),
    priority: random.pick(priorities),
    ...(random.int(0, 2) > 0 && { key: mark }),
    ...(kind === 'message' && random.int(0, 9) === 0 && { expiresInMs: random.pick([10_000, 40_000]) }),
    length: random.pick([1, 100, 100, 5_000]),
  }
}

function takeOf(random: Random, crowd: number[], by: () => number): Take {
  const waits = random.int(0, 3) === 0
  return {
    kind: 'take',
    agent: random.pick(crowd),
    device: random.pick(devices),
    limit: random.pick([1, 2, 10, 50]),
    leaseMs: random.pick(leasesMs),
    by: by(),
    waitMs: waits ? random.pick([1_000, 30_000]) : 0,
    leaves: waits && random.int(0, 3) === 0,
    ...whatThen(random, by),
  }
}

function readOf(random: Random, { crowd, by, own }: { crowd: number[]; by: () => number; own: string }): Read {
  const isAlone = random.int(0, 1) === 0
  const moment = (turns: number): Moment => ({ turns: random.int(0, turns), steps: random.int(0, 60) })
  return {
    kind: 'read',
    agent: random.pick(crowd),
    device: isAlone ? own : random.pick(devices),
    isAlone,
    by: by(),
    window: random.pick([1, 1, 2, 5, 32]),
    leaseMs: random.pick(leasesMs),
    pauses: Array.from({ length: random.int(0, 2) }, () => ({ from: moment(3), until: moment(5) })),
    askedEvery: random.pick([1, 2, 3, 100, 100]),
    closes: moment(random.pick([0, 4, 12])),
    closesTwice: random.int(0, 2) === 0,
    ...whatThen(random, by),
  }
}

/** What a receiver does with what it gets. */
function whatThen(random: Random, by: () => number): Pick<Take, 'fate' | 'work'> {
  return {
    fate: {
      how: random.pick(['ack', 'ack', 'ack', 'ack twice', 'keep', 'release', 'die'] as const),
      turns: random.pick([0, 0, 1, 1, 2, 4]),
      by: by(),
    },
    work: random.pick([['accept', 'complete'], ['complete'], ['accept', 'progress'], ['reject'], []] as const),
  }
}
