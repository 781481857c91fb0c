import { Fault } from '../../core/errors.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import { readTextFile } from '../read-text-file.ts'

/**
 * What is given on the command line to be sent as content: `@path` is what the file holds, and what looks like a JSON object
 * or list is one. Everything else is the text itself.
 */
export async function readValue(given: string): Promise<unknown | Fault> {
  if (!given.startsWith('@')) return contentOf(given)
  const text = await readTextFile(given.slice(1))
  return text instanceof Fault ? text : contentOf(text)
}

/** Pure. */
export function contentOf(words: string): unknown {
  return /^\s*[[{]/.test(words) ? (jsonOrUndefined(words) ?? words) : words
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `90`, `90s`, `15m`, `2h` or `3d`, in seconds. Pure. */
export function secondsOf(given: string, flag: string, most: number): number | Fault {
  const [, number = '', unit = 's'] = /^(\d{1,8})([smhd])?$/.exec(given) ?? []
  const seconds = number === '' ? Number.NaN : Number(number) * (unitSeconds[unit] ?? 1)
  if (seconds >= 0 && seconds <= most) return seconds
  return new Fault('validation_error', `${flag} takes a time of at most ${inUnits(most)}, in s, m, h or d.`, {
    fix: `For example: ${flag} ${most >= 7200 ? '2h' : '30s'}`,
  })
}

/** The same the other way round, in the largest unit of which it is a whole number. Pure. */
function inUnits(seconds: number): string {
  const [unit, each] = Object.entries(unitSeconds).findLast(([, size]) => seconds % size === 0) ?? ['s', 1]
  return `${seconds / each}${unit}`
}
