import type { ErrorObject } from 'ajv'
import type { Coercion } from '../core/outcome.ts'
import { namesOfPointer } from './names-of-pointer.ts'

/**
 * Arguments that models often get slightly wrong, put right where the meaning is beyond doubt: `"5"` for 5, `5` for "5",
 * `"true"` for true, a lone value for a list of one, null for an argument that is left out. Pure; works on a copy.
 */
export function coerce(
  args: Record<string, unknown>,
  errors: readonly ErrorObject[],
): { value: Record<string, unknown>; coerced: Coercion[] } {
  const value = structuredClone(args)
  const coerced: Coercion[] = []
  for (const error of errors) {
    if (error.keyword !== 'type') continue
    const path = namesOfPointer(error.instancePath)
    const name = path.pop()
    const parent = path.reduce<unknown>(
      (at, part) => (isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined),
      value,
    )
    if (name === undefined || !isObject(parent) || !Object.hasOwn(parent, name)) continue
    const from = parent[name]
    if (from === null && !Array.isArray(parent)) {
      delete parent[name]
      coerced.push({ field: [...path, name].join('.'), from: 'null', to: 'left out' })
      continue
    }
    const to = convert(from, String(error.params.type), error.parentSchema)
    if (to === undefined) continue
    parent[name] = to
    coerced.push({ field: [...path, name].join('.'), from: JSON.stringify(from), to: JSON.stringify(to) })
  }
  return { value, coerced }
}

function convert(from: unknown, type: string, schema: unknown): unknown {
  if (type === 'integer' || type === 'number') {
    const number = typeof from === 'string' && /^-?\d+(\.\d+)?$/.test(from) ? Number(from) : undefined
    return number !== undefined && String(number) === from && (type === 'number' || Number.isSafeInteger(number))
      ? number
      : undefined
  }
  if (type === 'boolean') return from === 'true' ? true : from === 'false' ? false : undefined
  if (type === 'string') return typeof from === 'boolean' || isAsWritten(from) ? String(from) : undefined
  if (type === 'array') {
    const items = isObject(schema) && isObject(schema.items) ? schema.items.type : undefined
    return typeof from === items ? [from] : undefined
  }
  return undefined
}

/** A long id that came as a number has lost its last digits by now: as a text it would be another one. */
function isAsWritten(from: unknown): boolean {
  return typeof from === 'number' && (Number.isSafeInteger(from) || /^-?\d+\.\d+$/.test(String(from)))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
