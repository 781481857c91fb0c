import type { Random } from '../../../src/sandbox/random.ts'
import type { World } from './world.ts'

/** How many turns of the event loop without any change say that only time will bring one; an answer may be on its way. */
const quietTurns = { alone: 8, sending: 40 }
/** A query that takes longer is one within another, which has no end of its own. */
const readingMsMax = 20
/** An answer that is on its way is not overtaken by far. */
const stepMsMax = { alone: 5_000, sending: 1_000 }

/** Further than any lease, and than any call waits for its answer. */
const jumpsMs = [20_000, 61_000, 130_000]

/** What takes longer will not end. */
const movesMax = 5_000
const workingMsMax = 20_000

/**
 * Lets the time pass while something goes on: from one timer to the next, whenever nothing else happens any more. `jumps`
 * times it leaps instead.
 */
export async function drive<T>(
  { clock, meter }: World,
  work: Promise<T>,
  { random, jumps = 0 }: { random: Random; jumps?: number },
): Promise<T> {
  let over = false
  const end = () => {
    over = true
  }
  work.then(end, end)
  let left = jumps
  let moves = 0
  let waits = 0
  let quiet = 0
  let seen = -1
  while (!over) {
    const isWorking = meter.working > 0 || meter.reading > 0
    await new Promise(resolve => (isWorking ? setTimeout(resolve, 1) : setImmediate(resolve)))
    const isQuiet = meter.changes === seen
    seen = meter.changes
    quiet = isQuiet && !isWorking ? quiet + 1 : 0
    waits = isQuiet && isWorking ? waits + 1 : 0
    if (waits > workingMsMax || moves > movesMax)
      throw new Error(`it does not end: ${JSON.stringify({ ...meter, now: clock.now(), dueAt: clock.dueAt() })}`)
    if (waits >= readingMsMax) meter.reading = 0
    const how = meter.sending > 0 ? 'sending' : 'alone'
    if (isWorking || quiet < quietTurns[how]) continue
    // What is on its way by now has arrived.
    if (left > 0 && quiet < 2 * quietTurns[how]) continue
    const leaps = left > 0 && random.int(0, 3) === 0
    quiet = 0
    if (leaps) left--
    moves++
    if (leaps) clock.leap(random.pick(jumpsMs))
    else clock.move(Math.min(Math.max(1, clock.dueAt() - clock.now()), stepMsMax[how]))
  }
  return work
}
