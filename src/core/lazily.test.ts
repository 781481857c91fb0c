import { expect, test } from 'vitest'
import { lazily } from './lazily.ts'

test('what is needed late is loaded once, for the first who asks, however many do', async () => {
  let loads = 0
  const thing = lazily(async () => ({ number: ++loads }))
  expect([loads, thing.loaded()]).toEqual([0, undefined])
  const [one, other] = await Promise.all([thing.get(), thing.get()])
  expect(one).toBe(other)
  expect([await thing.get(), thing.loaded(), loads]).toEqual([one, one, 1])
})

test('a load that fails is told to who waits for it, and tried again for the next one', async () => {
  let loads = 0
  const thing = lazily(async () => {
    if (++loads === 1) throw new Error('too many open files')
    return 'there'
  })
  const ends = await Promise.allSettled([thing.get(), thing.get()])
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect([thing.loaded(), await thing.get(), loads]).toEqual([undefined, 'there', 2])
})
