import type { InvalidField } from './errors.ts'

/** As many as somebody corrects at once: ten thousand items that are wrong in one way are one mistake, not so many. */
const toldMax = 20

/** The first of a list of whatever length a caller made it, and how many there are besides, in words or empty. */
export function firstOf<T>(all: readonly T[]): { told: T[]; more: string } {
  const left = all.length - toldMax
  return { told: all.slice(0, toldMax), more: left > 0 ? `${left} more` : '' }
}

/** The first of the fields that are wrong, and the same as one text. */
export function wrongFields(all: readonly InvalidField[]): { invalidFields: InvalidField[]; named: string } {
  const { told, more } = firstOf(all)
  const named = told.map(({ field, problem }) => `${field} ${problem}`)
  return { invalidFields: told, named: [...named, ...(more ? [`and ${more}`] : [])].join('; ') }
}

/** The name of a field, which a caller may have made of any length. */
export const shortName = (field: string): string =>
  field.length > 200 ? `${field.slice(0, 200).toWellFormed()}…` : field
