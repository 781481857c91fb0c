export type Scalar = string | number | boolean | null

/**
 * The plain values at a path (`to`, `labels.*.name`, or several: `to, cc`), wherever they stand below it: lists and objects
 * are looked through, and `*` is any item or field. No shape that an argument can take hides a value from its rule.
 */
export function valuesAt(args: Record<string, unknown>, path: string): Scalar[] {
  return path.split(',').flatMap(one => below(step([args], one.trim().split('.'))))
}

function step(values: unknown[], [name, ...rest]: string[]): unknown[] {
  return name === undefined
    ? values
    : step(
        values.flatMap(value => named(value, name)),
        rest,
      )
}

function named(value: unknown, name: string): unknown[] {
  if (value === null || typeof value !== 'object') return name === '*' ? [value] : []
  if (name === '*') return Object.values(value)
  if (Object.hasOwn(value, name)) return [(value as Record<string, unknown>)[name]] // an object with this own property
  return Array.isArray(value) ? value.flatMap(item => named(item, name)) : []
}

function below(values: unknown[]): Scalar[] {
  return values.flatMap(value => {
    if (typeof value === 'object' && value !== null) return below(Object.values(value))
    return value === undefined ? [] : [value as Scalar] // what JSON has beside objects and lists
  })
}
