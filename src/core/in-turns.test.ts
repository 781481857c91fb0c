import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inTurns } from './in-turns.ts'

function world(options?: { most?: number }) {
  const passed: number[][] = []
  const turns = inTurns<number>(together => passed.push(together), options)
  const add = (...numbers: number[]) => {
    for (const each of numbers) turns.add(each)
  }
  return { passed, add, flush: turns.flush }
}

test('what comes in one turn is passed on together at its end, and what comes later by itself', async () => {
  const { passed, add } = world()
  add(1, 2, 3)
  expect(passed).toEqual([])
  await nextTurn()
  add(4)
  await nextTurn()
  expect(passed).toEqual([[1, 2, 3], [4]])
})

test('so many are passed on at once, and the rest at the end of the turn', async () => {
  const { passed, add } = world({ most: 2 })
  add(1, 2, 3, 4, 5)
  expect(passed).toEqual([
    [1, 2],
    [3, 4],
  ])
  await nextTurn()
  expect(passed).toEqual([[1, 2], [3, 4], [5]])
})

test('what is passed on before the end of the turn is not passed on twice, and nothing never', async () => {
  const { passed, add, flush } = world()
  flush()
  add(1)
  flush()
  await nextTurn()
  expect(passed).toEqual([[1]])
})
