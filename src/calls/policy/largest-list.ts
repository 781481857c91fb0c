/**
 * How many items the largest list anywhere in the arguments has. Read widely, addresses that stand in one text, as in
 * `a@x.example, b@x.example`, count as items too.
 */
export function largestList(value: unknown, narrow: boolean): number {
  if (typeof value === 'string') return narrow ? 0 : value.split('@').length - 1
  if (value === null || typeof value !== 'object') return 0
  const inside = Object.values(value).reduce((largest, item) => Math.max(largest, largestList(item, narrow)), 0)
  return Array.isArray(value) ? Math.max(value.length, inside) : inside
}
