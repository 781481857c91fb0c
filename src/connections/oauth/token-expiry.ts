/** Beyond it JavaScript has no dates (ECMA-262, 21.4.1.1). */
const timeMax = 8.64e15

/**
 * When a token ends, in Unix milliseconds; null when nothing says so. Pure. Counted from when it was asked for, so a late
 * answer makes it no younger. A lifetime of 0 or less, or one that is no number, says nothing: some mean "for ever" by it.
 */
export function tokenExpiry(
  { expiresAt, expiresIn }: { expiresAt: unknown; expiresIn: unknown },
  { askedAtMs, lifetimeS }: { askedAtMs: number; lifetimeS: number | undefined },
): number | null {
  const at = timeOf(expiresAt)
  if (at !== undefined) return at
  const seconds = numberOf(expiresIn) ?? lifetimeS
  if (seconds === undefined) return null
  const ends = askedAtMs + Math.floor(seconds * 1000)
  return ends <= timeMax ? ends : null
}

/** A time as seconds or milliseconds since 1970, or ISO 8601. Without a zone it is UTC. */
function timeOf(value: unknown): number | undefined {
  const number = numberOf(value)
  // In seconds this is the year 5138, in milliseconds it is 1973.
  if (number !== undefined) return inRange(number < 1e11 ? number * 1000 : number)
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d([T ]|$)/.test(value)) return undefined
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(value) || value.length === 10
  return inRange(Date.parse(zoned ? value : `${value.replace(' ', 'T')}Z`))
}

const inRange = (ms: number): number | undefined => (ms > 0 && ms <= timeMax ? Math.floor(ms) : undefined)

/** A positive number, or a text of one. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined
}
