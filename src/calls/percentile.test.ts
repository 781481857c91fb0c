import { expect, test } from 'vitest'
import { percentile } from './percentile.ts'

const one = (value: number) => ({ value, count: 1 })

test.each([
  [[], 50, null],
  [[one(7)], 50, 7],
  [[one(7)], 95, 7],
  [[one(2), one(1)], 50, 1],
  [[one(3), one(1), one(2)], 50, 2],
  [
    [
      { value: 10, count: 95 },
      { value: 900, count: 5 },
    ],
    95,
    10,
  ],
  [
    [
      { value: 10, count: 94 },
      { value: 900, count: 6 },
    ],
    95,
    900,
  ],
  [
    [
      { value: 900, count: 1 },
      { value: 0, count: 99 },
    ],
    50,
    0,
  ],
] as const)('of %j, %i percent are at or below %d', (counted, percent, value) => {
  expect(percentile(counted, percent)).toBe(value)
})
