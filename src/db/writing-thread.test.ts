import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { startWritingThread } from './writing-thread.ts'

const insert = { sql: 'insert into things (name) values (?)', gives: 'seq' } as const
const rename = { sql: 'update things set name = ? where name = ? returning id, name', gives: 'rows' } as const

async function table() {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-thread-'))
  const path = join(folder, 'things.sqlite')
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode=WAL; create table things (id integer primary key, name text not null unique)')
  const thread = startWritingThread(path, 1_000)
  await expect.poll(thread.isReady).toBe(true)
  return {
    thread,
    names: () =>
      database
        .prepare('select name from things order by id')
        .all()
        .map(({ name }) => name),
    async [Symbol.asyncDispose]() {
      await thread.close()
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

test('gives the number of each inserted row and the rows of each change, once others can read them', async () => {
  await using place = await table()
  const batch = [
    { statement: 0, parameters: ['a'] },
    { statement: 0, parameters: ['b'] },
  ]
  expect(await place.thread.run([insert], batch)).toEqual([1, 2])
  const changes = [
    { statement: 1, parameters: ['c', 'a'] },
    { statement: 1, parameters: ['d', 'nobody'] },
    { statement: 0, parameters: ['e'] },
  ]
  expect(await place.thread.run([insert, rename], changes)).toEqual([[{ id: 1, name: 'c' }], [], 3])
  expect(place.names()).toEqual(['c', 'b', 'e'])
})

test('does all of a batch or nothing, says why not, and goes on with the next one', async () => {
  await using place = await table()
  const twice = ['a', 'a'].map(name => ({ statement: 0, parameters: [name] }))
  await expect(place.thread.run([insert], twice)).rejects.toThrow('UNIQUE constraint failed: things.name')
  expect(place.names()).toEqual([])
  expect(await place.thread.run([insert], twice.slice(1))).toEqual([1])
  expect(place.names()).toEqual(['a'])
})

test('a batch that no thread can be passed fails at once, and the next ones get what is theirs', async () => {
  await using place = await table()
  const bad = [{ statement: 0, parameters: [() => 'a'] }]
  await expect(place.thread.run([insert], bad)).rejects.toThrow('could not be cloned')
  expect(await place.thread.run([insert, rename], [{ statement: 0, parameters: ['a'] }])).toEqual([1])
  expect(await place.thread.run([insert, rename], [{ statement: 1, parameters: ['b', 'a'] }])).toEqual([
    [{ id: 1, name: 'b' }],
  ])
})

test('is never ready where the database cannot be opened, says so, and closing it ends at once', async () => {
  const failures: unknown[] = []
  const path = join(tmpdir(), 'clawlink-no-such-folder', 'things.sqlite')
  const thread = startWritingThread(path, 1_000, cause => failures.push(cause))
  await expect.poll(() => failures).toMatchObject([{ message: 'unable to open database file' }])
  expect(thread.isReady()).toBe(false)
  await thread.close()
})
