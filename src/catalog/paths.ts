/** The value at a dotted path (`error.message`, `items.0.id`) inside parsed JSON; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value
  for (const name of path.split('.')) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, name)) return undefined
    at = (at as Record<string, unknown>)[name] // an object with this own property
  }
  return at
}
