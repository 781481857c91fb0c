/** The value without the fields whose name matches, at any depth. Pure; the given value stays as it is. */
export function omitFields(value: unknown, names: RegExp): unknown {
  if (Array.isArray(value)) return value.map(item => omitFields(item, names))
  if (value === null || typeof value !== 'object') return value
  const kept = Object.entries(value).filter(([name]) => !names.test(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, omitFields(inner, names)]))
}
