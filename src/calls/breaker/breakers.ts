import { Fault } from '../../core/errors.ts'
import { accountOf, providerOfKey } from '../account-key.ts'
import type { ReadyCall } from '../call.ts'
import type { Classified } from '../classify.ts'
import { type AgreeParts, createAgree } from './agree.ts'
import { admit, type Breaker, closedBreaker, record, thresholdsOf } from './breaker.ts'
import { openRows } from './breaker-rows.ts'
import { createKnown } from './known.ts'
import { signOf } from './sign-of.ts'

/** `until`: when a call may try whether the provider is well again; there is none where the next one may. */
export type Standing = { state: 'closed' | 'open' | 'half-open'; until?: number }

/**
 * The breakers of all accounts. This process decides by what it knows, at once; what it learns is written in the background,
 * and what others wrote is read in the background, once a second at most and only while there are calls. Only who makes the
 * one try of a half-open breaker is agreed upon in the database.
 */
export type Breakers = {
  /** Why a call may not pass now, if so. Takes nothing: whoever may pass still has to be admitted. */
  refusal(ready: ReadyCall, nowMs: number): Fault | undefined
  /** Undefined: it may pass. At once, but for the one call that wants to try whether the provider is well again. */
  admit(ready: ReadyCall, nowMs: number): undefined | Fault | Promise<Fault | undefined>
  /** Learns from every attempt of a call that was admitted. */
  learn(ready: ReadyCall, classified: Classified, nowMs: number): void
  /** `account`: its key. */
  state(account: string, nowMs: number): Standing
  /** Those that are not closed. */
  all(nowMs: number): (Standing & { provider: string })[]
  /** Reads what other processes wrote, for whoever shows it; undefined when that was done a moment ago. */
  look(nowMs: number): Promise<void> | undefined
  /** Writes what is on its way, and learns nothing any more: what a stop cuts off says nothing of a provider. */
  close(): Promise<void>
}

const lookEveryMs = 1000

/** Begins with what is stored, so that a restart remembers. */
export async function openBreakers(parts: AgreeParts): Promise<Breakers> {
  const { db, clock, log } = parts
  const known = createKnown()
  const agree = createAgree(parts, known)
  // The only process on its database has nobody to hear of.
  const isAlone = db.dialect === 'sqlite'
  let lookedAt = clock.now()
  let looking: Promise<void> | undefined
  let closed = false
  const merge = known.begin()
  merge(await openRows(db.read), lookedAt)

  function look(nowMs: number): Promise<void> | undefined {
    if (isAlone || closed || looking || nowMs - lookedAt < lookEveryMs) return looking
    lookedAt = nowMs
    const merge = known.begin()
    const failed = (cause: unknown) => {
      merge(undefined, nowMs)
      log.error({ err: cause }, 'breakers could not be read')
    }
    looking = openRows(db.read)
      .then(rows => merge(rows, clock.now()), failed)
      .finally(() => {
        looking = undefined
      })
    return looking
  }

  /** Where the call is not simply to pass: what the breaker would be when it did, and how long it has to wait for that. */
  function inTrouble(ready: ReadyCall, nowMs: number) {
    look(nowMs)
    if (known.size() === 0) return undefined
    const key = accountOf(ready.tool, ready.connection)
    const entry = known.get(key)
    if (!entry || entry.breaker.state === 'closed' || entry.probe === ready.call.id) return undefined
    return { key, ...admit(entry.breaker, limitsOf(ready), nowMs) }
  }

  async function claim(ready: ReadyCall, key: string, next: Breaker, nowMs: number): Promise<Fault | undefined> {
    if (next.state !== 'half-open' || (await agree.claim(ready, key, next, nowMs))) return undefined
    const { waitMs } = admit(known.get(key)?.breaker ?? closedBreaker, limitsOf(ready), nowMs)
    return waitMs > 0 ? paused(ready, waitMs) : undefined
  }

  return {
    look,
    refusal(ready, nowMs) {
      const { waitMs = 0 } = inTrouble(ready, nowMs) ?? {}
      return waitMs > 0 ? paused(ready, waitMs) : undefined
    },
    admit(ready, nowMs) {
      const found = inTrouble(ready, nowMs)
      if (!found) return undefined
      return found.waitMs > 0 ? paused(ready, found.waitMs) : claim(ready, found.key, found.breaker, nowMs)
    },
    learn(ready, classified, nowMs) {
      if (closed || (classified.ok && known.size() === 0)) return
      const sign = signOf(classified)
      const key = accountOf(ready.tool, ready.connection)
      if (sign !== 'down' && !known.get(key)) return
      const entry = known.of(key)
      const before = entry.breaker
      // What was sent before it opened says nothing of how the provider is by now.
      if (before.state !== 'closed' && entry.probe !== ready.call.id) return
      const next = record(before, sign, limitsOf(ready), nowMs)
      entry.breaker = next
      delete entry.probe
      const until = next.state === 'open' ? next.until : undefined
      if (before.state === 'half-open') agree.tried(ready, key, until)
      else if (until !== undefined && !classified.ok) agree.opened(ready, key, { until, code: classified.fault.code })
      known.tidy(key)
    },
    state: (account, nowMs) => standingOf(known.get(account)?.breaker ?? closedBreaker, nowMs),
    all: nowMs =>
      Array.from(known.all(), ([key, { breaker }]) => ({
        provider: providerOfKey(key),
        ...standingOf(breaker, nowMs),
      })).filter(({ state }) => state !== 'closed'),
    async close() {
      closed = true
      await Promise.all([looking, agree.settled()])
    },
  }
}

const limitsOf = ({ tool }: ReadyCall) => thresholdsOf(tool.provider.connector.api.breaker)

function standingOf(breaker: Breaker, nowMs: number): Standing {
  if (breaker.state === 'closed') return { state: 'closed' }
  const until = breaker.state === 'open' ? breaker.until : breaker.probeUntil
  // Its time is over: the next call may try.
  return until > nowMs ? { state: breaker.state, until } : { state: 'half-open' }
}

function paused({ tool, connection }: ReadyCall, waitMs: number): Fault {
  return new Fault('circuit_open', `${tool.provider.connector.name} is failing for ${connection.label}.`, {
    retryAfterMs: waitMs,
  })
}
