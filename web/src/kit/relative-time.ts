const units = [
  { unit: 'year', ms: 365 * 24 * 3_600_000 },
  { unit: 'month', ms: 30 * 24 * 3_600_000 },
  { unit: 'day', ms: 24 * 3_600_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const

/** `3 minutes ago`, `in 2 days`, `just now`: how far a time is from now, in the largest unit that fits. Pure. */
export function relativeTime(atMs: number, nowMs: number): string {
  const away = atMs - nowMs
  const fit = units.find(({ ms }) => Math.abs(away) >= ms)
  if (!fit) return away > 0 ? 'in a moment' : 'just now'
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(away / fit.ms), fit.unit)
}
