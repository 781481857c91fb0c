/** The smallest value that at least `percent` of 100 are not above (nearest rank); null of none. `counted` in any order. Pure. */
export function percentile(counted: readonly { value: number; count: number }[], percent: number): number | null {
  const total = counted.reduce((sum, { count }) => sum + count, 0)
  const rank = Math.ceil((total * percent) / 100)
  let seen = 0
  for (const { value, count } of counted.toSorted((a, b) => a.value - b.value)) {
    seen += count
    if (seen >= rank) return value
  }
  return null
}
