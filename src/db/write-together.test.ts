import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from './db.ts'
import type { Schema } from './schema.ts'
import { writeTogether } from './write-together.ts'

/** Counts transactions; what was done in one that fails is undone. */
function counted() {
  const commits: string[][] = []
  let open: string[] = []
  const write: Db['write'] = async run => {
    open = []
    const value = await run({} as Transaction<Schema>) // no unit here asks it for anything
    commits.push(open)
    return value
  }
  const together = writeTogether(write)
  const unit = (name: string) =>
    together(async () => {
      if (name.startsWith('bad')) throw new Error(name)
      open.push(name)
      return name
    })
  return { commits, unit }
}

test('units of one turn share one commit, and each gets its own answer', async () => {
  const { commits, unit } = counted()
  expect(await Promise.all(['a', 'b', 'c'].map(unit))).toEqual(['a', 'b', 'c'])
  await nextTurn()
  await unit('d')
  expect(commits).toEqual([['a', 'b', 'c'], ['d']])
})

test('a unit that fails fails alone', async () => {
  const { commits, unit } = counted()
  const ends = await Promise.allSettled(['a', 'bad', 'c'].map(unit))
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(commits).toEqual([['a'], ['c']])
})
