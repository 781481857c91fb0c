import { expect, test } from 'vitest'
import { isoOf, localTimeOf } from './local-time.ts'

test.each(['2026-01-15T12:00:00.000Z', '2026-07-15T23:59:00.000Z'])('%s comes back from the input', iso => {
  expect(isoOf(localTimeOf(iso))).toBe(iso)
})

test('what is no time is empty, both ways', () => {
  expect(localTimeOf('yesterday')).toBe('')
  expect(isoOf('')).toBe('')
})
