import type { Connection } from './connection.ts'

export type Breaker = NonNullable<Connection['breaker']>

const recheckMs = 5000

/** When a call tries the provider again, in a sentence. Pure. */
export function nextTry({ state, until }: Breaker, nowMs: number): string {
  const leftMs = until === null ? 0 : Date.parse(until) - nowMs
  if (leftMs <= 0) return 'The next call tries it again.'
  if (state === 'half-open') return 'A call is trying it again.'
  const seconds = Math.ceil(leftMs / 1000)
  if (seconds < 100) return `Next try in ${seconds} s.`
  return `Next try in ${Math.ceil(seconds / 60)} minutes.`
}

/** How soon to ask again, since a pause ends by itself; not at all where nothing is paused. Pure. */
export function recheckAfterMs(connections: readonly Connection[] = []): number | false {
  return connections.some(({ breaker }) => breaker) && recheckMs
}
