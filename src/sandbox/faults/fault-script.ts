import type { Random } from '../random.ts'
import { type Fault, matcherOf } from './fault.ts'
import { type RandomFaultSource, type RandomFaults, randomFaults } from './random-faults.ts'

/** The faults still to be played. */
export type FaultScript = {
  add(faults: readonly Fault[]): void
  /** The fault for this request, if one is due: the first that matches, in the order they were added. Uses it up. */
  take(method: string, path: string): Fault | undefined
  /** From now on, requests that no scripted fault is due for meet these; none when undefined. Counts them anew. */
  useRandom(options: RandomFaults | undefined): void
  /** Forgets all of them, those by seed too. */
  clear(): void
}

/** `now`: the sandbox's clock, in Unix milliseconds. */
export function faultScript(random: () => Random, now: () => number): FaultScript {
  let chance = random()
  let bySeed: RandomFaultSource | undefined
  let due: { fault: Fault; left: number; matches: (method: string, path: string) => boolean }[] = []
  return {
    add(faults) {
      for (const fault of faults) {
        const times = fault.times ?? (fault.probability === undefined ? 1 : 'always')
        const left = times === 'always' ? Number.POSITIVE_INFINITY : times
        due.push({ fault, left, matches: matcherOf(fault.match) })
      }
    },
    take(method, path) {
      if (!due.length) return bySeed?.(method, path)
      const met = due.find(
        ({ fault: { probability }, matches }) =>
          matches(method, path) && (probability === undefined || chance.next() < probability),
      )
      if (!met) return bySeed?.(method, path)
      met.left--
      if (met.left <= 0) due = due.filter(entry => entry !== met)
      return met.fault
    },
    useRandom(options) {
      bySeed = options && randomFaults(options, now)
    },
    clear() {
      due = []
      bySeed = undefined
      chance = random()
    },
  }
}
