import { type EventType, typeOf } from './event-types.ts'

const views = ['events', 'endpoints', 'deliveries'] as const
const states = ['waiting', 'delivered', 'failed'] as const

export type View = (typeof views)[number]
export type DeliveryState = (typeof states)[number]

/** What the page shows, as its address says it. */
export type EventsSearch = { view?: View; type?: EventType; endpoint?: string; state?: DeliveryState }

/** Reads the address; what makes no sense is left out. Pure. */
export function eventsSearch({ view, type, endpoint, state }: Record<string, unknown>): EventsSearch {
  const shown = views.find(each => each === view)
  const wanted = typeOf(type)
  const stands = stateOf(state)
  return {
    ...(shown && { view: shown }),
    ...(wanted && { type: wanted }),
    ...(typeof endpoint === 'string' && endpoint && { endpoint }),
    ...(stands && { state: stands }),
  }
}

export const stateOf = (text: unknown): DeliveryState | undefined => states.find(each => each === text)
