/** An ISO time as `datetime-local` inputs hold it, to the minute in the reader's own zone; '' when it is none. Pure but for the zone. */
export function localTimeOf(iso: string): string {
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) return ''
  const awayMs = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - awayMs).toISOString().slice(0, 16)
}

/** What such an input holds as an ISO time; '' when it is empty. */
export function isoOf(local: string): string {
  const ms = Date.parse(local)
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString()
}
