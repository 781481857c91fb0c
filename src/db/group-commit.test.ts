import { expect, test } from 'vitest'
import { groupCommit } from './group-commit.ts'

type Named = { name: string }
const row = (name: string): Named => ({ name })
const namesOf = (batch: readonly Named[]) => batch.map(({ name }) => name)

/** A place for rows that refuses names with "bad" in them, and takes nothing of a batch with such a row. */
function shelf() {
  const batches: unknown[][] = []
  return {
    batches,
    write(batch: readonly Named[]) {
      const names = namesOf(batch)
      batches.push(names)
      if (names.some(name => name.includes('bad'))) throw new Error('refused')
      return names
    },
  }
}

test('all rows of one turn are written together, in order, and those of the next turn after them', async () => {
  const { batches, write } = shelf()
  const commits = groupCommit(write)
  await Promise.all(['a', 'b', 'c'].map(name => commits.write(row(name))))
  await Promise.all(['d', 'e'].map(name => commits.write(row(name))))
  expect(batches).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ])
})

test('rows that come while a batch is being written wait for the next one', async () => {
  const batches: unknown[][] = []
  const gates: (() => void)[] = []
  const commits = groupCommit(async (batch: readonly Named[]) => {
    batches.push(namesOf(batch))
    await new Promise<void>(open => gates.push(open))
    return []
  })
  const first = commits.write(row('a'))
  await expect.poll(() => gates.length).toBe(1)
  const others = ['b', 'c'].map(name => commits.write(row(name)))
  expect(batches).toEqual([['a']])
  gates[0]?.()
  await first
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.()
  await Promise.all(others)
  expect(batches).toEqual([['a'], ['b', 'c']])
})

test('where no single write is the cause of a failure, all of the batch fail and none is tried again', async () => {
  let batches = 0
  const commits = groupCommit<Named, never>(
    () => {
      batches += 1
      throw new Error('the disk is gone')
    },
    { isOfAll: cause => cause instanceof Error && cause.message === 'the disk is gone' },
  )
  const ends = await Promise.allSettled(['a', 'b', 'c'].map(name => commits.write(row(name))))
  expect(ends.map(end => end.status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(batches).toBe(1)
})

test('each write resolves to what it gave, also where its batch has to be done one by one', async () => {
  const commits = groupCommit(shelf().write)
  expect(await Promise.all(['a', 'b'].map(name => commits.write(row(name))))).toEqual(['a', 'b'])
  const ends = await Promise.allSettled(['c', 'bad', 'd'].map(name => commits.write(row(name))))
  expect(ends).toMatchObject([{ value: 'c' }, { status: 'rejected' }, { value: 'd' }])
})

test('where two batches may be done at once, only the third waits, and takes all that comes meanwhile', async () => {
  const batches: unknown[][] = []
  const gates: (() => void)[] = []
  const commits = groupCommit(
    async (batch: readonly Named[]) => {
      batches.push(namesOf(batch))
      await new Promise<void>(open => gates.push(open))
      return namesOf(batch)
    },
    { batchesMax: 2 },
  )
  const written: Promise<string>[] = []
  for (const name of ['a', 'b', 'c', 'd']) {
    written.push(commits.write(row(name)))
    await new Promise(setImmediate)
  }
  expect(batches).toEqual([['a'], ['b']])
  let isDrained = false
  const draining = commits.drain().then(() => {
    isDrained = true
  })
  gates[1]?.()
  expect(await written[1]).toBe('b')
  await expect.poll(() => batches.length).toBe(3)
  expect(batches[2]).toEqual(['c', 'd'])
  gates[0]?.()
  expect(await written[0]).toBe('a')
  expect(isDrained).toBe(false)
  gates[2]?.()
  await draining
  expect(await Promise.all(written)).toEqual(['a', 'b', 'c', 'd'])
})

test('a row resolves only after its batch is written', async () => {
  let written = false
  const commits = groupCommit(async () => {
    await new Promise(setImmediate)
    written = true
    return []
  })
  await commits.write(row('a'))
  expect(written).toBe(true)
})

test('a row that is refused fails alone', async () => {
  const { batches, write } = shelf()
  const commits = groupCommit(write)
  const ends = await Promise.allSettled(['a', 'bad', 'c'].map(name => commits.write(row(name))))
  expect(ends.map(end => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(batches).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']])
})

test('more rows than may wait are refused at once, and the others are written', async () => {
  const { batches, write } = shelf()
  const commits = groupCommit(write, { waitingMax: 3 })
  const ends = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(name => commits.write(row(name))))
  expect(ends.map(end => end.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
  expect(ends[4]).toMatchObject({ reason: new Error('the database does not keep up with the writes') })
  expect(batches).toEqual([['a', 'b', 'c']])
  await commits.write(row('f'))
  expect(batches).toEqual([['a', 'b', 'c'], ['f']])
})

test('draining waits for all that was asked for before it, also for what is refused, and at rest it is done', async () => {
  const { batches, write } = shelf()
  const commits = groupCommit(write)
  await commits.drain()
  const ends = Promise.allSettled(['a', 'bad', 'c'].map(name => commits.write(row(name))))
  await commits.drain()
  expect(batches.at(-1)).toEqual(['c'])
  await ends
  await commits.drain()
})
