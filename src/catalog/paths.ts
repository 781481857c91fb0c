/**
 * The value at a dotted path (`error.message`, `items.0.id`) inside parsed JSON; undefined where there is none. A list of
 * names is a path too: the names in it may hold dots.
 */
export function valueAt(value: unknown, path: string | readonly string[]): unknown {
  let at = value
  for (const name of typeof path === 'string' ? path.split('.') : path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, name)) return undefined
    at = (at as Record<string, unknown>)[name] // an object with this own property
  }
  return at
}

/** The same JSON with another value at these names; objects that are not there are made. Changes nothing in place. */
export function withValueAt(value: unknown, names: readonly string[], to: unknown): unknown {
  const [name, ...rest] = names
  if (name === undefined) return to
  const object = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
  return {
    ...object,
    [name]: withValueAt(Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined, rest, to),
  }
}
