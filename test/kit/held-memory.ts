import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void // what the flag exposes

/** Between two looks, each of which takes a tenth of a second. */
const stepBytes = 30 * 1024 * 1024

/** How many bytes JavaScript holds on to in this process, buffers included. What is garbage by now is collected first. */
export function heldBytes(): number {
  collect()
  // The memory of collected buffers is given back in the background: the next collection waits for that.
  collect({ type: 'minor' })
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Looks are taken where so much was done, never when so much time is over: a slow machine sees the same. */
export type HeldMemory = {
  look(): void
  /** So many bytes came by: there is a look at every 30 MiB, so that who keeps them is seen. */
  passed(bytes: number): void
  /** The pieces as they are; each has passed when the next one is asked for. */
  over(pieces: Iterable<Buffer>): Generator<Buffer>
  /** What was held beyond what there was at first, at the most. Throws when nobody has looked. */
  mostBytes(): number
}

/** Watches how much more is held from here on. */
export function watchMemory(): HeldMemory {
  const before = heldBytes()
  let most: number | undefined
  let passedBytes = 0
  const look = () => {
    most = Math.max(most ?? 0, heldBytes() - before)
  }
  const passed = (bytes: number) => {
    const step = Math.floor(passedBytes / stepBytes)
    passedBytes += bytes
    if (Math.floor(passedBytes / stepBytes) > step) look()
  }
  return {
    look,
    passed,
    *over(pieces) {
      for (const piece of pieces) {
        yield piece
        passed(piece.length)
      }
    },
    mostBytes() {
      if (most === undefined) throw new Error('nobody has looked at the memory')
      return most
    },
  }
}
