import type { App } from '../../../src/app.ts'
import type { RelayBroadcastRow, RelayMessageRow, RelayTaskRow } from '../../../src/db/relay-schema.ts'
import type { Feed } from '../../../src/http/relay/feed.ts'
import type { Message } from '../../../src/relay/messages/message.ts'
import type { TaskStep } from '../../../src/relay/tasks/task-state.ts'
import type { Plan, Read, Wish } from './plan.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

/** When something began, and when somebody heard of its end: never, when the process died before. Ticks count what happens. */
export type Span = { start: number; end: number; fromMs: number; untilMs: number }

/** What a sender was told, or that it asked. `code` of a refusal. */
export type Said = Span & { wish: Wish; changed: boolean; id?: string; code?: string; recipients?: number }
/** A message that a receiver was handed. */
export type Holding = Span & {
  agent: number
  device: string
  leaseMs: number
  message: Message
  /** Who was brought it, where it was not asked for. */
  reader?: Reader
}
/** What became of one at its receiver's wish. */
export type Change = Span & { holding: Holding; what: 'ack' | 'release' | 'extend'; code: string | undefined }
export type Step = Span & { agent: number; taskId: string; step: TaskStep; code: string | undefined }

/** All that came of a run: what everybody was told, and the rows in the end. */
export type Lived = {
  plan: Plan
  said: Said[]
  holdings: Holding[]
  changes: Change[]
  steps: Step[]
  messages: Pick<RelayMessageRow, 'id' | 'mailbox' | 'kind' | 'state' | 'deliveries'>[]
  tasks: Pick<RelayTaskRow, 'id' | 'to_agent' | 'state'>[]
  broadcasts: Pick<RelayBroadcastRow, 'id' | 'state' | 'workspace_id' | 'created_at'>[]
  /** What readers saw that must not be, in words. */
  seen: string[]
}

/** One who waits at a mailbox, and is brought what comes. */
export type Reader = {
  read: Read
  process: Process
  feed: Feed
  isOpen: boolean
  isReady: boolean
}

export type Later = { turn: number; run: () => Promise<void> }
export type Life = Pick<Lived, 'plan' | 'said' | 'holdings' | 'changes' | 'steps' | 'seen'> & {
  world: World
  processes: Process[]
  turn: number
  /** What receivers still mean to do. */
  later: Later[]
  /** Receivers who wait. */
  waiting: Promise<void>[]
  readers: Reader[]
  /** A process has ended: what it had under way comes to light only when somebody looks for it. */
  hasEnded: boolean
  ticks: number
}

/** Does it, and notes when it began and when it was heard of. */
export async function during<T>(
  life: Life,
  process: Process | undefined,
  act: (app: App) => Promise<T>,
): Promise<{ span: Span; heard: { told: T } | undefined }> {
  const { clock } = life.world
  const span: Span = {
    start: life.ticks++,
    end: Number.POSITIVE_INFINITY,
    fromMs: clock.now(),
    untilMs: Number.POSITIVE_INFINITY,
  }
  const heard = await process?.heard<T>(act)
  if (heard) {
    span.end = life.ticks++
    span.untilMs = clock.now()
  }
  return { span, heard }
}
