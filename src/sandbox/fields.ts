import { type Answer, invalid, type Problem } from './answer.ts'

/** A kind of value a field may hold. `blank` stands in for a wrong one until the refusal is given. */
export type Kind<T> = { expected: string; blank: T; is(value: unknown): value is T }

/** Reads a body field by field and keeps what was wrong. Ask `refusal()` before using what was read. */
export type Fields = {
  required<T>(name: string, kind: Kind<T>): T
  optional<T>(name: string, kind: Kind<T>): T | undefined
  /** The 422 if a field was wrong, missing or unknown to everyone who asked so far. */
  refusal(): Answer | undefined
}

export function readFields(body: unknown): Fields {
  const record = isRecord(body) ? body : {}
  const problems: Problem[] = isRecord(body) ? [] : [{ field: '(body)', message: 'must be a JSON object' }]
  const known = new Set<string>()
  const optional = <T>(name: string, kind: Kind<T>): T | undefined => {
    known.add(name)
    if (!Object.hasOwn(record, name)) return undefined
    const value = record[name]
    if (kind.is(value)) return value
    problems.push({ field: name, message: `must be ${kind.expected}` })
    return kind.blank
  }
  return {
    optional,
    required(name, kind) {
      const value = optional(name, kind)
      if (value !== undefined) return value
      problems.push({ field: name, message: 'is required' })
      return kind.blank
    },
    refusal() {
      const unknown = Object.keys(record).filter(name => !known.has(name))
      const all = [...problems, ...unknown.map(field => ({ field, message: 'is not a known field' }))]
      return all.length ? invalid(all) : undefined
    },
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isEmail = (value: unknown): value is string => isText(value) && /^[^\s@]+@[^\s@]+$/.test(value)

export const text: Kind<string> = { expected: 'a string', blank: '', is: isText }

export const filledText: Kind<string> = {
  expected: 'a string that is not empty',
  blank: '',
  is: (value): value is string => isText(value) && value.trim() !== '',
}

export const textOrNull: Kind<string | null> = {
  expected: 'a string or null',
  blank: null,
  is: (value): value is string | null => value === null || isText(value),
}

export const texts: Kind<string[]> = {
  expected: 'a list of strings',
  blank: [],
  is: (value): value is string[] => Array.isArray(value) && value.every(isText),
}

export const emails: Kind<string[]> = {
  expected: 'a list of email addresses, at least one',
  blank: [],
  is: (value): value is string[] => Array.isArray(value) && value.length > 0 && value.every(isEmail),
}

export const minorUnits: Kind<number> = {
  expected: 'a whole number of minor units, at least 1',
  blank: 0,
  is: (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1,
}

export const wholeSeconds: Kind<number> = {
  expected: 'a whole number of seconds, at most 3600',
  blank: 0,
  is: (value): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 3600,
}

export const currency: Kind<string> = {
  expected: 'a currency of three lower-case letters, such as "eur"',
  blank: '',
  is: (value): value is string => isText(value) && /^[a-z]{3}$/.test(value),
}

export const oneOf = <T extends string>(...options: [T, ...T[]]): Kind<T> => ({
  expected: `one of ${options.join(', ')}`,
  blank: options[0],
  is: (value): value is T => options.some(option => option === value),
})
