import { domainsAnywhere, domainsIn, invisible, isDomainIn } from './domains-in.ts'
import { matchesGlob } from './match-glob.ts'
import type { Condition } from './rule.ts'
import { type Scalar, valuesAt } from './values-at.ts'

/**
 * Whether a condition holds for these arguments. Where there is no value at its path it never does. Narrowly: it holds for
 * every value, exactly as written, and what cannot be read does not. Widely: it holds for one value, whatever its spelling,
 * and what cannot be read (a text where a number should be, far too long a list of addresses) counts. Pure.
 */
export function checkCondition(
  condition: Condition,
  args: Record<string, unknown>,
  narrow: boolean,
): { holds: boolean; why: string } {
  const { path, is } = condition
  const values = valuesAt(args, path)
  if (!values.length) return { holds: false, why: `there is nothing at ${path}` }
  const holds = narrow
    ? values.every(value => holdsNarrowly(condition, value))
    : isTooLong(condition, values) || values.some(value => holdsWidely(condition, value))
  const of = narrow ? 'not every value' : 'no value'
  return { holds, why: holds ? `${path} fits` : `${of} at ${path} ${meaning[is]}` }
}

/** More than any list of addresses has. Looking for domains in more would hold up everybody else's calls. */
const searchedMax = 50_000

function isTooLong({ is }: Condition, values: readonly Scalar[]): boolean {
  return is === 'domainIn' && values.reduce((length: number, value) => length + String(value).length, 0) > searchedMax
}

const meaning: Record<Condition['is'], string> = {
  equals: 'equals what the rule names',
  oneOf: 'is one of those that the rule names',
  domainIn: 'has a domain that the rule names',
  above: 'is above what the rule names',
  below: 'is below what the rule names',
  matches: 'matches the pattern of the rule',
}

function holdsNarrowly(condition: Condition, value: Scalar): boolean {
  switch (condition.is) {
    case 'equals':
      return value === condition.value
    case 'oneOf':
      return condition.value.includes(value)
    case 'matches':
      return typeof value === 'string' && matchesGlob(condition.value, value)
    case 'domainIn': {
      const domains = typeof value === 'string' ? domainsIn(value) : undefined
      return domains?.every(domain => isDomainIn(domain, condition.value)) ?? false
    }
    case 'above':
    case 'below': {
      const isPlain = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
      return isPlain && (condition.is === 'above' ? Number(value) > condition.value : Number(value) < condition.value)
    }
  }
}

function holdsWidely(condition: Condition, value: Scalar): boolean {
  switch (condition.is) {
    case 'equals':
      return folded(value) === folded(condition.value)
    case 'oneOf':
      return condition.value.some(each => folded(value) === folded(each))
    case 'matches':
      return matchesGlob(folded(condition.value), folded(value))
    case 'domainIn':
      return domainsAnywhere(String(value)).some(domain => isDomainIn(domain, condition.value))
    case 'above':
    case 'below': {
      const number = numberOf(value)
      if (number === undefined) return false
      return Number.isNaN(number) || (condition.is === 'above' ? number > condition.value : number < condition.value)
    }
  }
}

/** A value as somebody reads it who minds neither case nor spaces nor which of several like characters was taken. */
function folded(value: Scalar): string {
  return String(value).normalize('NFKC').replace(invisible, '').trim().toLowerCase()
}

/** Undefined for what is no attempt at a number, NaN for a text that cannot be read as one. */
function numberOf(value: Scalar): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || folded(value) === '') return undefined
  return Number(folded(value))
}
