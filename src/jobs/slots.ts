/** How long one takes until one has shown it. */
const guessMs = 500
/** None is put off for longer than this at a time. */
const putOffMsMax = 60_000

type Standing = { running: number; tookMs: number; putOffUntil: number }

export type Slots = {
  /** A place for one job about this subject, to be left when it ends; or, when there is none, when to ask again. */
  take(subject: string): { leave(): void } | { againAt: number }
}

/**
 * How many jobs of a kind run at once in this process (`atOnce`), so that others have room too, and how many of them about one
 * subject (`ofOne`), so that a slow one does not hold up the others. What has to wait is put off one behind the other, by as
 * long as this subject takes, so that a long queue does not come back all at once.
 */
export function createSlots(now: () => number, { atOnce, ofOne }: { atOnce: number; ofOne: number }): Slots {
  const standings = new Map<string, Standing>()
  let running = 0
  return {
    take(subject) {
      const at = now()
      const known = standings.get(subject) ?? { running: 0, tookMs: guessMs, putOffUntil: 0 }
      standings.set(subject, known)
      if (running >= atOnce || known.running >= ofOne) {
        const next = Math.max(at, known.putOffUntil) + Math.max(known.tookMs / ofOne, 50)
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
          // Nothing is remembered of one that is quiet.
          if (known.running === 0 && known.putOffUntil <= now()) standings.delete(subject)
        },
      }
    },
  }
}
