import type { Random } from '../../../src/sandbox/random.ts'
import type { World } from './world.ts'

/** How many turns of the event loop without any change say that only time will bring one; an answer may be on its way. */
const quietTurns = { alone: 8, sending: 40, reading: 2_000 }
/** An answer that is on its way is not overtaken by far. */
const stepMsMax = { alone: 5_000, sending: 1_000 }

/** Further than any lease, and than any call waits for its answer. */
const jumpsMs = [20_000, 61_000, 130_000]

/** What takes longer will not end. */
const movesMax = 5_000
const turnsMax = 200_000

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
  let turns = 0
  let quiet = 0
  let seen = -1
  while (!over) {
    await new Promise(resolve => setImmediate(resolve))
    if (++turns > turnsMax)
      throw new Error(`it does not end: ${JSON.stringify({ ...meter, moves, now: clock.now(), dueAt: clock.dueAt() })}`)
    quiet = meter.changes === seen ? quiet + 1 : 0
    seen = meter.changes
    const how = meter.sending > 0 ? 'sending' : 'alone'
    if (meter.working > 0 || quiet < (meter.reading > 0 ? quietTurns.reading : quietTurns[how])) continue
    meter.reading = 0
    // What is on its way by now has arrived.
    if (left > 0 && quiet < 2 * quietTurns[how]) continue
    const leaps = left > 0 && random.int(0, 3) === 0
    quiet = 0
    if (leaps) left--
    if (++moves > movesMax)
      throw new Error(`it does not end: ${JSON.stringify({ ...meter, now: clock.now(), dueAt: clock.dueAt() })}`)
    clock.move(leaps ? random.pick(jumpsMs) : Math.min(Math.max(1, clock.dueAt() - clock.now()), stepMsMax[how]))
  }
  return work
}
