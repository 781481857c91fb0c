/** How many deliveries are sent at once by this process, so that other jobs have room too, and how many to one endpoint. */
const atOnceMax = 4
const ofOneMax = 2
/** How long a try takes until one has shown it. */
const guessMs = 500
/** No delivery is put off for longer than this at a time. */
const putOffMsMax = 60_000

type Standing = { running: number; tookMs: number; putOffUntil: number }

export type DeliverySlots = {
  /** A place for one delivery to this endpoint, to be left when it ends; or, when there is none, when to ask again. */
  take(endpointId: string): { leave(): void } | { againAt: number }
}

/**
 * Keeps slow endpoints from holding up others. What has to wait is put off one behind the other, by as long as this endpoint
 * takes, so that a long queue does not come back all at once.
 */
export function createDeliverySlots(now: () => number): DeliverySlots {
  const standings = new Map<string, Standing>()
  let running = 0
  return {
    take(endpointId) {
      const at = now()
      const known = standings.get(endpointId) ?? { running: 0, tookMs: guessMs, putOffUntil: 0 }
      standings.set(endpointId, known)
      if (running >= atOnceMax || known.running >= ofOneMax) {
        const next = Math.max(at, known.putOffUntil) + Math.max(known.tookMs / ofOneMax, 50)
        known.putOffUntil = Math.min(next, at + putOffMsMax)
        return { againAt: Math.ceil(known.putOffUntil) }
      }
      known.running++
      running++
      return {
        leave() {
          known.running--
          running--
          known.tookMs = now() - at
          // Nothing is remembered of an endpoint that is quiet.
          if (known.running === 0 && known.putOffUntil <= now()) standings.delete(endpointId)
        },
      }
    },
  }
}
