import { expect, test } from 'vitest'
import { isoTimes } from './iso-times.ts'

test('are those of Date, for any millisecond, of more seconds than are remembered', () => {
  const write = isoTimes()
  for (const start of [0, 1, 999, 1_000, 951_782_400_000, 1_795_000_000_123, -1, -1_001, 253_402_300_799_999])
    for (let step = 0; step < 40; step++) {
      const ms = start + step * (step < 10 ? 1 : 777)
      expect(write(ms)).toBe(new Date(ms).toISOString())
    }
})
