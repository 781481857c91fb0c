import type { ErrorObject } from 'ajv/dist/2020.js'
import type { InvalidField } from '../../core/errors.ts'
import { namesOfPointer } from '../names-of-pointer.ts'

/** What is wrong about a field that is not there. */
export const missing = 'is missing'

/**
 * Where an output is not as its schema says, what the schema wants there, and the type of what is there. The one deepest
 * inside is named, since it says most. Nothing of this comes from the output but the numbers of list items: names that the
 * schema does not know show as `*`, for they are somebody's content as much as any value. Pure.
 */
export function describeProblem(errors: readonly ErrorObject[], known: ReadonlySet<string>): InvalidField {
  const deepest = errors.reduce<ErrorObject | undefined>(
    (found, error) => (found && depthOf(found) > depthOf(error) ? found : error),
    undefined,
  )
  if (!deepest) return { field: '', problem: 'is not as promised' }
  const path = namesOfPointer(deepest.instancePath).map(name => (known.has(name) || /^\d+$/.test(name) ? name : '*'))
  if (deepest.keyword === 'required')
    return { field: [...path, String(deepest.params.missingProperty)].join('.'), problem: missing }
  const beside = errors.filter(error => error.instancePath === deepest.instancePath)
  return { field: path.join('.'), problem: `${wanted(deepest, beside)}, but is ${typeNameOf(deepest.data)}` }
}

/** Every name that a schema gives to a field, at any depth. */
export function namesIn(schema: unknown, names: Set<string> = new Set()): Set<string> {
  if (Array.isArray(schema)) for (const each of schema) namesIn(each, names)
  else if (typeof schema === 'object' && schema !== null) {
    for (const [keyword, inner] of Object.entries(schema)) {
      if (keyword === 'properties') for (const name of Object.keys(Object(inner))) names.add(name)
      namesIn(inner, names)
    }
  }
  return names
}

/** What the schema says: of several shapes, what any of them may be. */
function wanted({ keyword, params, message }: ErrorObject, beside: readonly ErrorObject[]): string {
  const types = beside.flatMap(error => (error.keyword === 'type' ? [error.params.type].flat().map(String) : []))
  if (types.length) return `must be ${[...new Set(types)].join(' or ')}`
  if (keyword === 'enum') return `must be one of ${params.allowedValues.slice(0, 24).join(', ')}`
  return message ?? 'is not as promised'
}

const depthOf = ({ instancePath }: ErrorObject): number => instancePath.split('/').length

function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}
