import { expect, test } from 'vitest'
import { holdOff, waitMs } from './pace.ts'

test('a tool is held back until the time that was stated, to the millisecond', () => {
  const pace = holdOff(7000, 1_000_000)
  expect([waitMs(pace, 1_000_000), waitMs(pace, 1_006_999), waitMs(pace, 1_007_000), waitMs(pace, 2_000_000)]).toEqual([
    7000, 1, 0, 0,
  ])
})

test('for five seconds when no time was stated, and not at all when it has passed', () => {
  expect(waitMs(holdOff(undefined, 1_000_000), 1_000_000)).toBe(5000)
  expect(waitMs(holdOff(0, 1_000_000), 1_000_000)).toBe(0)
})
