import { Fault } from './errors.ts'

/** Of one agent or person in one process. Generous: one place is enough for all that comes into a mailbox. */
const placesMax = 100

/** Held while somebody waits or listens. To leave it twice is like once. */
export type Place = { leave(): void }

/** Who waits at how many places, so that nobody fills a process with requests that wait, streams and connections. */
export type Places = {
  /** One more place for whoever has this id, until it is left or aborted; a fault when they have as many as there may be. */
  take(who: string, until?: AbortSignal): Place | Fault
}

export function createPlaces(): Places {
  const taken = new Map<string, number>()
  return {
    take(who, until) {
      const count = taken.get(who) ?? 0
      if (count >= placesMax) return tooMany()
      taken.set(who, count + 1)
      let isLeft = false
      const leave = () => {
        if (isLeft) return
        isLeft = true
        const left = (taken.get(who) ?? 0) - 1
        // Whoever waits nowhere costs no memory.
        if (left > 0) taken.set(who, left)
        else taken.delete(who)
      }
      if (until?.aborted) leave()
      else until?.addEventListener('abort', leave)
      return { leave }
    },
  }
}

const tooMany = () =>
  new Fault('rate_limited', `You are waiting at ${placesMax} places already.`, {
    fix: 'End some of these requests, streams and connections first, or ask without waiting. One is enough for all that comes into a mailbox, and a webhook tells of the end of every call.',
  })
