import type { EventEmitter } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { newId } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import { stopTopic } from '../../core/look-until.ts'
import type { Caller, ReadyCall } from '../call.ts'
import { type Bucket, land, learn, roomOf } from './bucket.ts'
import { createBuckets } from './buckets.ts'
import { hearAnswer, speaksStandard } from './hear.ts'
import type { ShareRows } from './share-rows.ts'
import { createTurns } from './turns.ts'
import { createWaiting, hasRoom, type PaceHeld, type Plan, spendAll, type Waiter } from './waiting.ts'
import { usedAt } from './window.ts'

/** How one limit of an account stands in this process. Times in Unix milliseconds; `limit` is 0 where none is stated. */
export type PaceStanding = {
  limit: number
  windowMs: number
  used: number
  left: number
  heldUntil: number
  waiting: number
}

/**
 * An answer of the provider. `refusedForMs`: there when it refused for its rate limit; what it asked for, or `unstatedWaitMs`.
 * `redirected`: how many requests more it took to get there.
 */
export type Heard = {
  headers: IncomingHttpHeaders
  body: unknown
  refusedForMs?: number
  redirected?: number | undefined
}

export type Pacer = {
  /**
   * Takes what one request needs of its limits. Undefined, at once and without a promise: it may be sent now. Otherwise it
   * waits in turn, up to `maxMs`; when its turn would come later than that it does not wait at all and says `later`.
   */
  take(
    ready: ReadyCall,
    wait: { maxMs: number; caller?: Caller | undefined },
  ): undefined | Promise<PaceHeld | undefined>
  /** Learns from an answer of the provider, whatever its status. It is not told of attempts without one. */
  hear(ready: ReadyCall, answer: Heard, nowMs: number): void
  /** For the connection's page. */
  standing(connectionId: string): PaceStanding[]
  /** How many calls wait for their turn here just now. */
  waiting(): number
  /** Ends all waiting and gives the shares back. */
  close(): Promise<void>
}

/** A request that is under way, and how many were taken of each limit when it was. */
type Flight = { at: number; plan: Plan; taken: number[] }

/** How long rows of processes that are gone may lie about. */
const forgetEveryMs = 10 * 60_000

export function createPacer({
  rows,
  clock,
  log,
  wakes,
}: {
  rows: ShareRows
  clock: Clock
  log: Log
  wakes: EventEmitter
}): Pacer {
  const buckets = createBuckets()
  const waiting = createWaiting()
  const turns = createTurns({ rows, clock, log, owner: newId('worker', clock.now()) })
  let timer: { at: number; cancel(): void } | undefined
  let forgetAt = clock.now() + forgetEveryMs
  let closed = false

  const heldUntil = ({ hold }: Plan) => buckets.heldUntil(hold)

  function send(ready: ReadyCall, plan: Plan, now: number): void {
    for (const bucket of plan.buckets) buckets.use(bucket)
    const flight: Flight = { at: now, plan, taken: plan.buckets.map(({ taken }) => taken) }
    ready.call.flight = flight
  }

  function wait(ready: ReadyCall, plan: Plan, maxMs: number, caller: Caller | undefined) {
    const now = clock.now()
    const { promise, resolve } = Promise.withResolvers<PaceHeld | undefined>()
    let hasGone = false
    const giveUp = () => {
      waiting.remove(waiter)
      waiter.end({ kind: 'gone' })
      settle()
    }
    const release = () => caller?.off('close', giveUp)
    const waiter: Waiter = {
      agentId: ready.call.principal.agentId,
      plan,
      sinceMs: now,
      maxMs,
      judged: false,
      go() {
        hasGone = true
        release()
        send(ready, plan, clock.now())
        resolve(undefined)
      },
      end(held) {
        release()
        resolve(held)
      },
    }
    if (closed || caller?.destroyed) return Promise.resolve<PaceHeld>({ kind: 'gone' })
    if (waiting.size === 0) wakes.on(stopTopic, endAll)
    waiting.add(waiter)
    caller?.on('close', giveUp)
    for (const bucket of plan.buckets) buckets.use(bucket)
    for (const bucket of plan.buckets)
      if (roomOf(bucket, now) < 1 && turns.mayHelp(bucket, now)) void turns.have(bucket).then(settle)
    settle()
    return hasGone ? undefined : promise
  }

  /** Lets go who may, ends who need not wait, and sets the timer for what comes next. */
  function settle(): void {
    const now = clock.now()
    waiting.pump(heldUntil, now)
    // While a limit has its turn, what it will give is not known.
    waiting.judge(heldUntil, ({ plan }) => plan.buckets.every(({ turn }) => !turn.running), now)
    if (waiting.size === 0) wakes.off(stopTopic, endAll)
    else wakeAt(waiting.nextAt(heldUntil, now))
    for (const bucket of waiting.crowded()) if (!bucket.turn.running) wakeAt(turns.dueAt(bucket))
  }

  function wakeAt(at: number): void {
    if (closed || at === Infinity || (timer && timer.at <= at)) return
    timer?.cancel()
    timer = { at, cancel: clock.after(Math.max(1, at - clock.now()), wake) }
  }

  function wake(): void {
    timer = undefined
    const now = clock.now()
    let next = Infinity
    for (const bucket of buckets.inUse()) {
      const due = turns.dueAt(bucket)
      if (due === Infinity) buckets.rest(bucket)
      else if (due > now || bucket.turn.running) next = Math.min(next, due > now ? due : Infinity)
      else
        void haveTurn(bucket).then(() => {
          settle()
          wakeAt(turns.dueAt(bucket))
        })
    }
    if (now >= forgetAt) forget(now)
    settle()
    wakeAt(next)
  }

  /** One that nobody used since its last turn gives back what it has. */
  function haveTurn(bucket: Bucket): Promise<void> {
    const { turn, waiting: waits, taken } = bucket
    return waits || turn.news || taken > turn.taken ? turns.have(bucket) : turns.giveBack(bucket)
  }

  function forget(now: number): void {
    forgetAt = now + forgetEveryMs
    buckets.forget(now)
    rows.forget(now).catch(cause => log.error({ err: cause }, 'old shares of rate limits could not be deleted'))
  }

  function endAll(): void {
    for (const waiter of waiting.all()) {
      waiting.remove(waiter)
      waiter.end({ kind: 'gone' })
    }
    wakes.off(stopTopic, endAll)
  }

  return {
    take(ready, { maxMs, caller }) {
      const plan = buckets.planOf(ready, clock.now())
      if (!plan) return undefined
      const now = clock.now()
      const isFree = plan.buckets.every(bucket => bucket.waiting === 0) && now >= heldUntil(plan)
      if (!isFree || !hasRoom(plan, now)) return wait(ready, plan, maxMs, caller)
      spendAll(plan, now)
      send(ready, plan, now)
      for (const bucket of plan.buckets) wakeAt(turns.dueAt(bucket))
      return undefined
    },

    hear(ready, answer, nowMs) {
      const flight = ready.call.flight as Flight | undefined // as `send` leaves it there
      if (flight) {
        ready.call.flight = undefined
        for (const bucket of flight.plan.buckets) land(bucket, flight.at, nowMs)
        // Nobody knows before that it redirects: what it took beyond its own request is kept from those that come after.
        for (let each = 0; each < (answer.redirected ?? 0); each++) {
          spendAll(flight.plan, nowMs)
          flight.taken = flight.taken.map(taken => taken + 1)
        }
      }
      const { refusedForMs } = answer
      if (refusedForMs) buckets.hold(ready, nowMs + refusedForMs)
      const { api } = ready.tool.provider.connector
      if (!api.hears && !speaksStandard(answer.headers)) return void (waiting.size && settle())
      for (const said of hearAnswer(api.hears ?? [], answer, nowMs)) {
        for (const bucket of buckets.about(ready, said)) {
          const at = flight?.plan.buckets.indexOf(bucket) ?? -1
          const after = at < 0 ? 0 : bucket.taken - (flight?.taken[at] ?? bucket.taken)
          if (said.cost) bucket.costs.set(ready.tool.name, said.cost)
          learn(bucket, said, after, nowMs)
          if (bucket.turn.news) buckets.use(bucket)
          wakeAt(turns.dueAt(bucket))
        }
      }
      if (waiting.size) settle()
    },

    standing(connectionId) {
      const now = clock.now()
      return buckets.of(connectionId).map(bucket => ({
        limit: bucket.requests,
        windowMs: bucket.windowMs,
        used: bucket.window ? usedAt(bucket.window, now) : 0,
        left: Math.max(0, Math.min(bucket.free + roomOf(bucket, now), bucket.budget?.raw ?? Infinity)),
        heldUntil: bucket.budget && bucket.budget.left < 1 ? bucket.budget.until : 0,
        waiting: bucket.waiting,
      }))
    },

    waiting: () => waiting.size,

    async close() {
      closed = true
      timer?.cancel()
      endAll()
      await Promise.all([...buckets.inUse()].filter(({ turn }) => turn.at > 0).map(turns.giveBack))
    },
  }
}
