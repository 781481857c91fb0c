/** Two changes of one text in one: pure. */
import { diff3Merge } from 'node-diff3'

/** Both changes in one text. `conflicts`: at least one place was changed by both, and holds both between markers. */
export type Merged = { text: string; conflicts: boolean }

/** Steps that the comparison of lines may take: about a tenth of a second, in which nobody else has a turn. */
const stepsMax = 20_000_000

type Lines = readonly string[]
type Three = { base: Lines; theirs: Lines; yours: Lines }

/**
 * A three-way merge by lines (diff3), with the markers that git writes where both have changed the same lines. Undefined when
 * so much is different that the comparison would take too long.
 */
export function mergeText(
  texts: { base: string; theirs: string; yours: string },
  labels: { theirs: string; yours: string },
): Merged | undefined {
  const merged: string[] = []
  let conflicts = false
  let steps = stepsMax
  for (const part of partsOf({
    base: texts.base.split('\n'),
    theirs: texts.theirs.split('\n'),
    yours: texts.yours.split('\n'),
  })) {
    const plain = withoutComparing(part)
    if (plain) {
      for (const line of plain) merged.push(line)
      continue
    }
    steps -= stepsFor(part.theirs, part.base) + stepsFor(part.yours, part.base)
    if (steps < 0) return undefined
    for (const { ok, conflict } of diff3Merge([...part.theirs], [...part.base], [...part.yours])) {
      for (const line of ok ?? []) merged.push(line)
      if (!conflict) continue
      conflicts = true
      for (const line of marked(conflict, labels)) merged.push(line)
    }
  }
  return { text: merged.join('\n'), conflicts }
}

function* marked({ a, b }: { a: Lines; b: Lines }, labels: { theirs: string; yours: string }): Generator<string> {
  yield `<<<<<<< ${labels.theirs}`
  yield* a
  yield '======='
  yield* b
  yield `>>>>>>> ${labels.yours}`
}

function withoutComparing({ base, theirs, yours }: Three): Lines | undefined {
  if (same(base, theirs)) return yours
  return same(base, yours) || same(theirs, yours) ? theirs : undefined
}

const same = (one: Lines, other: Lines) => one.length === other.length && one.every((line, at) => line === other[at])

/**
 * Cuts the three texts at lines that each of them has exactly once and all have in the same order: what is between two such
 * lines is merged by itself. The comparison takes time by the square of its length, and much more where lines repeat.
 */
function* partsOf({ base, theirs, yours }: Three): Generator<Three> {
  const inBase = onceIn(base)
  const inTheirs = onceIn(theirs)
  const inYours = onceIn(yours)
  let from = { base: 0, theirs: 0, yours: 0 }
  for (const [line, at] of inBase) {
    const theirAt = inTheirs.get(line)
    const yourAt = inYours.get(line)
    if (theirAt === undefined || yourAt === undefined || theirAt < from.theirs || yourAt < from.yours) continue
    yield {
      base: base.slice(from.base, at),
      theirs: theirs.slice(from.theirs, theirAt),
      yours: yours.slice(from.yours, yourAt),
    }
    yield { base: [line], theirs: [line], yours: [line] }
    from = { base: at + 1, theirs: theirAt + 1, yours: yourAt + 1 }
  }
  yield { base: base.slice(from.base), theirs: theirs.slice(from.theirs), yours: yours.slice(from.yours) }
}

/** Where each line is that is there only once, in their order. */
function onceIn(lines: Lines): Map<string, number> {
  const found = new Map<string, number>()
  const again = new Set<string>()
  lines.forEach((line, at) => {
    if (found.has(line)) again.add(line)
    else found.set(line, at)
  })
  for (const line of again) found.delete(line)
  return found
}

/** At most so many steps find the longest common part of two texts (Hunt and McIlroy 1976, as the library has it). */
function stepsFor(one: Lines, other: Lines): number {
  const count = new Map<string, number>()
  for (const line of other) count.set(line, (count.get(line) ?? 0) + 1)
  const pairs = one.reduce((sum, line) => sum + (count.get(line) ?? 0), 0)
  return one.length + other.length + pairs * Math.min(one.length, other.length)
}
