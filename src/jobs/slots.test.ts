import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

const isTaken = (slot: object): slot is { leave(): void } => 'leave' in slot

test('two at once go to one endpoint and four in all; whoever leaves makes room', () => {
  const slots = createSlots(() => 0, { atOnce: 4, ofOne: 2 })
  const [a, b, c, d, e] = ['one', 'one', 'one', 'two', 'three'].map(id => slots.take(id))
  expect([a, b, c, d, e].map(slot => slot && isTaken(slot))).toEqual([true, true, false, true, true])
  expect(isTaken(slots.take('four'))).toBe(false)
  if (a && isTaken(a)) a.leave()
  expect(isTaken(slots.take('one'))).toBe(true)
})

test('those that wait are put off one behind the other, by as long as the endpoint takes, and never for more than a minute', () => {
  let now = 1_000_000
  const slots = createSlots(() => now, { atOnce: 4, ofOne: 2 })
  const slow = slots.take('one')
  slots.take('one')
  now += 10_000
  if (isTaken(slow)) slow.leave()
  slots.take('one')
  const waits = [...Array(20).keys()].map(() => {
    const slot = slots.take('one')
    return isTaken(slot) ? 0 : slot.againAt - now
  })
  expect(waits.slice(0, 3)).toEqual([5_000, 10_000, 15_000])
  expect(waits.at(-1)).toBe(60_000)
})
