import { expect, test } from 'vitest'
import { tokenExpiry } from './token-expiry.ts'

const askedAtMs = Date.UTC(2026, 0, 15, 12)
const after = (seconds: number) => askedAtMs + seconds * 1000

test.each<[expiresIn: unknown, expiresAt: unknown, lifetimeS: number | undefined, ends: number | null]>([
  [3600, undefined, undefined, after(3600)],
  [' 3600 ', undefined, undefined, after(3600)],
  ['3600.75', undefined, undefined, after(3600.75)],
  [3600, after(60) / 1000, undefined, after(60)],
  [3600, after(60), undefined, after(60)],
  [3600, `${after(60)}`, undefined, after(60)],
  [undefined, '2026-01-15T12:01:00Z', undefined, after(60)],
  [undefined, '2026-01-15T13:01:00.000+01:00', undefined, after(60)],
  [undefined, '2026-01-15T12:01:00', undefined, after(60)],
  [undefined, '2026-01-15 12:01:00', undefined, after(60)],
  [60, 'soon', undefined, after(60)],
  [60, 0, undefined, after(60)],
  [60, '2026-99-99T00:00:00Z', undefined, after(60)],
  [undefined, undefined, 60, after(60)],
  [0, undefined, 60, after(60)],
  [-1, undefined, undefined, null],
  ['never', undefined, undefined, null],
  [Number.NaN, undefined, undefined, null],
  [Number.POSITIVE_INFINITY, undefined, undefined, null],
  [{}, [], undefined, null],
  [true, undefined, undefined, null],
  [1e300, undefined, undefined, null],
  [undefined, 1e300, undefined, null],
])('a lifetime %j, an end %j and a usual lifetime %j end at %j', (expiresIn, expiresAt, lifetimeS, ends) => {
  expect(tokenExpiry({ expiresAt, expiresIn }, { askedAtMs, lifetimeS })).toBe(ends)
})
