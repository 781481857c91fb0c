import { Fault } from '../core/errors.ts'
import { admit, type Breaker, closedBreaker, record } from './breaker.ts'
import type { ReadyCall } from './call.ts'
import type { Classified } from './classify.ts'
import { holdOff, type Pace, waitMs } from './pace.ts'

/** What this process remembers of breakers and paces: the thin store around their pure decisions. */
export type Gate = {
  /** The answer to give instead of sending, when the account is to be left alone just now. */
  hold(ready: ReadyCall, nowMs: number): Fault | undefined
  learn(ready: ReadyCall, classified: Classified, nowMs: number): void
}

export function createGate(): Gate {
  // Only accounts in trouble are in here: a good answer removes its entry.
  const breakers = new Map<string, Breaker>()
  // A rate limit may count one kind of request only, so what it holds back is one tool of one account.
  const paces = new Map<string, Pace>()

  return {
    hold({ tool, connection }, nowMs) {
      const { connector } = tool.provider
      const pace = paces.size === 0 ? undefined : paces.get(paceKey(connection.id, tool.name))
      const wait = pace ? waitMs(pace, nowMs) : 0
      if (wait > 0) {
        return new Fault(
          'rate_limited',
          `${connector.name} asked to wait before ${tool.name} is called again on ${connection.label}.`,
          { retryAfterMs: wait },
        )
      }
      const known = breakers.get(connection.id)
      if (!known) return undefined
      const admitted = admit(known, nowMs)
      breakers.set(connection.id, admitted.breaker)
      if (admitted.waitMs === 0) return undefined
      return new Fault('circuit_open', `${connector.name} is failing for ${connection.label}.`, {
        retryAfterMs: admitted.waitMs,
      })
    },
    learn({ tool, connection }, classified, nowMs) {
      if (classified.ok && paces.size === 0 && breakers.size === 0) return
      const key = paceKey(connection.id, tool.name)
      if (!classified.ok && classified.fault.code === 'rate_limited')
        paces.set(key, holdOff(classified.fault.details.retryAfterMs, nowMs))
      else paces.delete(key)
      const next = record(breakers.get(connection.id) ?? closedBreaker, providerDown(classified), nowMs)
      if (next.state === 'closed' && next.failures === 0) breakers.delete(connection.id)
      else breakers.set(connection.id, next)
    },
  }
}

const paceKey = (connectionId: string, tool: string) => `${connectionId} ${tool}`

function providerDown(classified: Classified): boolean {
  if (classified.ok || classified.trusted) return false
  return classified.fault.code === 'provider_unavailable' || classified.fault.code === 'timeout'
}
