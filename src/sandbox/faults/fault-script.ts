import type { Random } from '../random.ts'
import type { Fault } from './fault.ts'

/** The faults still to be played. */
export type FaultScript = {
  add(faults: readonly Fault[]): void
  /** The fault for this request, if one is due: the first that matches, in the order they were added. Uses it up. */
  take(method: string, path: string): Fault | undefined
  clear(): void
}

export function faultScript(random: () => Random): FaultScript {
  let chance = random()
  let due: { fault: Fault; left: number; pattern: RegExp | undefined }[] = []
  return {
    add(faults) {
      for (const fault of faults) {
        const times = fault.times ?? (fault.probability === undefined ? 1 : 'always')
        const left = times === 'always' ? Number.POSITIVE_INFINITY : times
        const pattern = fault.match?.path?.startsWith('^') ? new RegExp(fault.match.path) : undefined
        due.push({ fault, left, pattern })
      }
    },
    take(method, path) {
      if (!due.length) return undefined
      const met = due.find(
        ({ fault: { match, probability }, pattern }) =>
          (!match?.method || match.method === method) &&
          (pattern ? pattern.test(path) : path.startsWith(match?.path ?? '')) &&
          (probability === undefined || chance.next() < probability),
      )
      if (!met) return undefined
      met.left--
      if (met.left <= 0) due = due.filter(entry => entry !== met)
      return met.fault
    },
    clear() {
      due = []
      chance = random()
    },
  }
}
