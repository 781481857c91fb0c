import { expect, test } from 'vitest'
import { turnSharing } from './share-turn.ts'

/** Counts how often it is really asked. */
function source() {
  const asked: unknown[][] = []
  return {
    asked,
    ask: (...parameters: readonly (string | number)[]) => {
      asked.push([...parameters])
      return [{ answer: asked.length }]
    },
  }
}

test('equal questions of one turn are asked once', async () => {
  const { asked, ask } = source()
  const shared = turnSharing().share(ask)
  expect(shared('a')).toBe(shared('a'))
  expect(asked).toEqual([['a']])
  await new Promise(setImmediate)
  shared('a')
  expect(asked).toEqual([['a'], ['a']])
})

test('questions that differ in a parameter, in how many there are, or in the query are asked apart', () => {
  const { asked, ask } = source()
  const sharing = turnSharing()
  const [one, two] = [sharing.share(ask), sharing.share(ask)]
  for (const parameters of [['a'], ['b'], ['a', 'b'], ['a,b'], ['a","b']]) one(...parameters)
  two('a')
  expect(asked).toHaveLength(6)
})

test('what was read before a write is not given after it', () => {
  const { asked, ask } = source()
  const sharing = turnSharing()
  const shared = sharing.share(ask)
  shared('a')
  sharing.forget()
  shared('a')
  expect(asked).toHaveLength(2)
})
