import type { EventEmitter } from 'node:events'
import type { Clock } from './clock.ts'
import { Fault } from './errors.ts'
import { type Looking, lookUntil } from './look-until.ts'
import type { Places } from './places.ts'

/** A request that waits. */
export type Waiting = {
  waitMs: number
  /** Nobody is there any more to be answered: the waiting ends. */
  gone?: (() => boolean) | undefined
  /** It is part of something that has taken its place already. */
  hasPlace?: boolean | undefined
}

/** As `lookUntil`, for a request of `who`. Where it waits at all it takes a place meanwhile; a fault when there is none. */
export async function waitUntil<T>(
  app: { clock: Clock; wakes: EventEmitter; places: Places },
  { who, gone = () => false, hasPlace = false, ...looking }: Looking<T> & Waiting & { who: string },
  look: () => Promise<T>,
): Promise<T | Fault> {
  const wait = () => lookUntil(app, { ...looking, done: seen => looking.done(seen) || gone() }, look)
  if (hasPlace || looking.waitMs <= 0) return wait()
  const place = app.places.take(who)
  if (place instanceof Fault) return place
  try {
    return await wait()
  } finally {
    place.leave()
  }
}
