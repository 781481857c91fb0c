import { expect, test } from 'vitest'
import { relativeTime } from './relative-time.ts'

const now = Date.UTC(2026, 0, 15, 12)

test.each([
  [-5_000, 'just now'],
  [5_000, 'in a moment'],
  [-60_000, '1 minute ago'],
  [-59 * 60_000, '59 minutes ago'],
  [90 * 60_000, 'in 1 hour'],
  [-24 * 3_600_000, 'yesterday'],
  [6.9 * 24 * 3_600_000, 'in 6 days'],
  [-400 * 24 * 3_600_000, 'last year'],
])('%d ms away is %s', (away, words) => {
  expect(relativeTime(now + away, now)).toBe(words)
})
