/** A source of repeatable chance: the same seed and name give the same draws in the same order. */
export type Random = {
  /** A number in [0, 1). */
  next(): number
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  pick<T>(from: readonly T[]): T
  /** The same things in another order; the given list stays as it is. */
  shuffle<T>(list: readonly T[]): T[]
  /** `length` characters of 0-9 and a-z. */
  chars(length: number): string
}

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** The draws called `name` of this seed. Names keep uses apart: one more draw here does not shift the draws there. */
export function randomFor(seed: number, name: string): Random {
  const next = mulberry32(hash(`${seed}:${name}`))
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[int(0, from.length - 1)]
    if (picked === undefined) throw new RangeError('nothing to pick from')
    return picked
  }
  return {
    next,
    int,
    pick,
    shuffle: list =>
      list
        .map(value => ({ value, rank: next() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ value }) => value),
    chars(length) {
      let drawn = ''
      while (drawn.length < length) drawn += alphabet.charAt(int(0, alphabet.length - 1))
      return drawn
    },
  }
}

/** Mulberry32, a generator with 32 bits of state (Tommy Ettinger, public domain): small, fast, good enough for samples. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a, 32 bits: spreads neighbouring seeds far apart. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (const byte of Buffer.from(text)) sum = Math.imul(sum ^ byte, 0x01000193)
  return sum >>> 0
}
