import { type Bucket, costOf, roomAt, roomOf, spacingMs, spend } from './bucket.ts'
import { createQueue, type Queue } from './queue.ts'

/**
 * What a call is told that cannot be sent soon: how long until its turn, in milliseconds, and how many wait before it.
 * `gone`: nobody waits any more, or the server stops.
 */
export type PaceHeld = { kind: 'later'; waitMs: number; position: number } | { kind: 'gone' }

/** What the requests of one tool of one account take from. `hold`: under which name a refusal holds them. */
export type Plan = { account: string; tool: string; hold: string; buckets: readonly Bucket[] }

/** A call in the queue of its account. */
export type Waiter = {
  agentId: string
  plan: Plan
  sinceMs: number
  maxMs: number
  /** Whether it is known that its turn comes in time. */
  judged: boolean
  go(): void
  end(held: PaceHeld): void
}

/** Whether all limits of a plan have room for one request now. */
export function hasRoom({ buckets, tool }: Plan, nowMs: number): boolean {
  for (const bucket of buckets) if (roomOf(bucket, nowMs) < costOf(bucket, tool)) return false
  return true
}

/** Takes one from all limits of a plan. */
export function spendAll({ buckets, tool }: Plan, nowMs: number): void {
  for (const bucket of buckets) spend(bucket, tool, nowMs)
}

/** The calls that wait, by account. They wait in this process alone, each on the connection of its caller. */
export type Waiting = {
  readonly size: number
  add(waiter: Waiter): void
  remove(waiter: Waiter): void
  /** Lets go whoever may, account by account in turn. */
  pump(heldUntil: (plan: Plan) => number, nowMs: number): void
  /** Ends those whose turn comes too late for them. `isKnown`: whether that can be said of one yet. */
  judge(heldUntil: (plan: Plan) => number, isKnown: (waiter: Waiter) => boolean, nowMs: number): void
  /** When something may change for one of them by time alone, after a pass at `nowMs`. */
  nextAt(heldUntil: (plan: Plan) => number, nowMs: number): number
  all(): Waiter[]
  /** The limits that calls wait for. */
  crowded(): ReadonlySet<Bucket>
}

export function createWaiting(): Waiting {
  // By account, in the order of their turns.
  const queues = new Map<string, Queue<Waiter>>()
  const crowded = new Set<Bucket>()
  let size = 0

  function remove(waiter: Waiter): void {
    const queue = queues.get(waiter.plan.account)
    if (!queue) return
    const before = queue.size
    queue.remove(waiter)
    if (queue.size < before) left(waiter)
    if (queue.size === 0) queues.delete(waiter.plan.account)
  }

  function left({ agentId, plan }: Waiter): void {
    size--
    for (const bucket of plan.buckets) {
      bucket.waiting--
      const others = (bucket.waitingBy.get(agentId) ?? 1) - 1
      if (others) bucket.waitingBy.set(agentId, others)
      else bucket.waitingBy.delete(agentId)
      if (!bucket.waiting) crowded.delete(bucket)
    }
  }

  function standing(waiter: Waiter, heldUntil: number, nowMs: number): PaceHeld & { kind: 'later' } {
    const { plan } = waiter
    const queue = queues.get(plan.account)
    let at = Math.max(nowMs, heldUntil)
    let position = 0
    for (const bucket of plan.buckets) {
      let ofAccount = 0
      const ahead = queue?.ahead(waiter, other => other.plan.buckets.includes(bucket)) ?? 0
      for (const other of queue?.all() ?? []) if (other.plan.buckets.includes(bucket)) ofAccount++
      const before = ahead + bucket.waiting - ofAccount
      position = Math.max(position, before)
      at = Math.max(at, roomAt(bucket, (before + 1) * costOf(bucket, plan.tool), nowMs))
    }
    if (!plan.buckets.length) position = queue?.ahead(waiter, other => other.plan.hold === plan.hold) ?? 0
    return { kind: 'later', waitMs: at - nowMs, position }
  }

  return {
    get size() {
      return size
    },
    add(waiter) {
      size++
      const { account, buckets } = waiter.plan
      const queue = queues.get(account) ?? createQueue<Waiter>()
      queues.set(account, queue)
      queue.add(waiter)
      for (const bucket of buckets) {
        bucket.waiting++
        bucket.waitingBy.set(waiter.agentId, (bucket.waitingBy.get(waiter.agentId) ?? 0) + 1)
        bucket.turn.agents.add(waiter.agentId)
        crowded.add(bucket)
      }
    },
    remove,
    pump(heldUntil, now) {
      // A plan that cannot go on now cannot go on later in this pass either: room only gets less.
      const stuck = new Set<string>()
      const mayGo = ({ plan }: Waiter) => {
        if (stuck.has(plan.hold)) return false
        if (now >= heldUntil(plan) && plan.buckets.every(({ nextAt }) => nextAt <= now) && hasRoom(plan, now))
          return true
        stuck.add(plan.hold)
        return false
      }
      for (let progress = true; progress && size; ) {
        progress = false
        for (const [account, queue] of [...queues]) {
          const waiter = queue.takeFirst(mayGo)
          if (!waiter) continue
          progress = true
          left(waiter)
          spendAll(waiter.plan, now)
          for (const bucket of waiter.plan.buckets) bucket.nextAt = now + spacingMs(bucket)
          queues.delete(account)
          if (queue.size) queues.set(account, queue)
          waiter.go()
        }
      }
    },
    judge(heldUntil, isKnown, now) {
      for (const queue of [...queues.values()])
        for (const waiter of queue.all()) {
          const isLate = now >= waiter.sinceMs + waiter.maxMs
          if (waiter.judged ? !isLate : !isKnown(waiter)) continue
          const held = standing(waiter, heldUntil(waiter.plan), now)
          waiter.judged = true
          if (!isLate && held.waitMs <= waiter.maxMs) continue
          remove(waiter)
          waiter.end(held)
        }
    },
    nextAt(heldUntil, now) {
      let at = Infinity
      for (const bucket of crowded) {
        const roomBy = Math.max(bucket.nextAt, roomAt(bucket, 1, now))
        if (roomBy > now) at = Math.min(at, roomBy)
      }
      for (const queue of queues.values())
        for (const { plan, sinceMs, maxMs, judged } of queue.all()) {
          const until = heldUntil(plan)
          at = Math.min(at, judged ? sinceMs + maxMs : Infinity, until > now ? until : Infinity)
        }
      return at
    },
    all: () => [...queues.values()].flatMap(queue => queue.all()),
    crowded: () => crowded,
  }
}
