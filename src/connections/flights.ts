/** Work of this process that several callers want at the same time and that is done once for all of them. */
export type Flights<T> = {
  /** What is on its way under this key, or else begins now. */
  join(key: string, begin: () => Promise<T>): Promise<T>
  /** Something that nobody waits for, but that a stop of the process should not cut off. */
  follow(work: Promise<unknown>): void
  /** Resolves when nothing is on its way any more, after `graceMs` at the latest. */
  land(graceMs: number): Promise<void>
}

/** `onLost` hears of what failed while nobody waited for it. */
export function createFlights<T>(onLost: (cause: unknown) => void): Flights<T> {
  const flights = new Map<string, Promise<T>>()
  const followed = new Set<Promise<unknown>>()
  return {
    join(key, begin) {
      const known = flights.get(key)
      if (known) return known
      const flight = begin().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
    follow(work) {
      const followedWork = work.catch(onLost).finally(() => followed.delete(followedWork))
      followed.add(followedWork)
    },
    async land(graceMs) {
      const { promise: graceOver, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, graceMs)
      await Promise.race([Promise.allSettled([...flights.values(), ...followed]), graceOver])
      clearTimeout(timer)
    },
  }
}
