const steps = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'm'],
] as const

/** How long ago a time was (ISO 8601), in one word. Pure. */
export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000))
  const [length, unit] = steps.find(([least]) => seconds >= least) ?? [1, 's']
  return `${Math.floor(seconds / length)} ${unit} ago`
}
