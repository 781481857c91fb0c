import { expect, test } from 'vitest'
import { lockMs } from './sign-in-try.ts'

test('an account is locked from the tenth failure on, for a minute, then twice as long each time, up to an hour', () => {
  const minutes = [1, 9, 10, 11, 12, 15, 16, 17, 1000].map(failures => lockMs(failures) / 60_000)
  expect(minutes).toEqual([0, 0, 1, 2, 4, 32, 60, 60, 60])
})
