import { describe, expect, test } from 'vitest'
import type { Db } from '../../src/db/db.ts'
import { openTestDb } from '../kit/open-db.ts'
import { usageRow } from '../kit/usage-row.ts'
import { countCommits } from './count-commits.ts'

const idsFrom = (name: string, count: number) => Array.from({ length: count }, (_, i) => `call_${name}_${i}`)
const insertAll = ({ db }: { db: Db }, ids: readonly string[]) =>
  Promise.allSettled(ids.map(call_id => db.insert('usage', usageRow({ call_id }))))
const storedIds = async ({ db }: { db: Db }) =>
  (await db.read.selectFrom('usage').select('call_id').execute()).map(row => row.call_id).toSorted()

describe('rows of one event-loop turn', () => {
  test.each([1, 2, 250, 1_200])('are stored by exactly one transaction, be it %i of them', async count => {
    await using place = await openTestDb()
    const before = await countCommits(place)
    const ids = idsFrom('a', count)
    const ends = await insertAll(place, ids)
    expect(ends.every(end => end.status === 'fulfilled')).toBe(true)
    expect((await countCommits(place)) - before).toBe(1)
    expect(await storedIds(place)).toEqual(ids.toSorted())
  })

  test('each take one transaction for their turn, whichever tables they go to', async () => {
    await using place = await openTestDb()
    const before = await countCommits(place)
    for (const turn of ['a', 'b', 'c']) {
      const setting = place.db.insert('settings', { name: turn, value: '' })
      await insertAll(place, idsFrom(turn, 10))
      await setting
    }
    expect((await countCommits(place)) - before).toBe(3)
  })

  test('are seen by a point query that was asked in the same turn before they were stored', async () => {
    await using place = await openTestDb()
    const find = place.db.point(q => q.selectFrom('usage').select('call_id').where('call_id', '=', ''))
    const storing = insertAll(place, ['call_a'])
    const before = find('call_a')
    await storing
    const after = find('call_a')
    expect(await before).toEqual([])
    expect(await after).toEqual([{ call_id: 'call_a' }])
  })

  test('are refused one by one: the neighbours of a row that the database does not take are stored', async () => {
    await using place = await openTestDb()
    await insertAll(place, ['call_taken'])
    const ends = await insertAll(place, ['call_1', 'call_taken', 'call_2', 'call_2', 'call_3'])
    expect(ends.map(end => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await storedIds(place)).toEqual(['call_1', 'call_2', 'call_3', 'call_taken'])
  })

  test('are refused at once when more of them come than the database can be kept waiting with', async () => {
    await using place = await openTestDb()
    const waitingMax = 20_000
    const ids = idsFrom('a', waitingMax + 50)
    const ends = await insertAll(place, ids)
    expect(ends.slice(0, waitingMax).every(end => end.status === 'fulfilled')).toBe(true)
    expect(ends.slice(waitingMax).every(end => end.status === 'rejected')).toBe(true)
    expect(ends.at(-1)).toMatchObject({ reason: new Error('the database does not keep up with the writes') })
    const { count } = await place.db.read
      .selectFrom('usage')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    expect(count).toBe(waitingMax)
    expect(await insertAll(place, ['call_later'])).toMatchObject([{ status: 'fulfilled' }])
  })
})

test('an insert resolves only when another process can read its row', async () => {
  await using place = await openTestDb()
  const other = await place.open()
  const byId = other.point(q => q.selectFrom('usage').select('call_id').where('call_id', '=', ''))
  const insertAndLook = async (call_id: string) => {
    await place.db.insert('usage', usageRow({ call_id }))
    expect(await byId(call_id)).toEqual([{ call_id }])
  }
  for (const turn of ['a', 'b', 'c', 'd']) await Promise.all(idsFrom(turn, 50).map(insertAndLook))
})

test('closing waits for every row that was given before it', async () => {
  await using place = await openTestDb()
  const ids = idsFrom('a', 300)
  const inserting = insertAll(place, ids)
  const writing = place.db.write(tx => tx.insertInto('settings').values({ name: 'last', value: 'yes' }).execute())
  await place.db.close()
  const again = await place.open()
  expect(await storedIds({ db: again })).toEqual(ids.toSorted())
  expect(await again.read.selectFrom('settings').select('value').execute()).toEqual([{ value: 'yes' }])
  expect((await inserting).every(end => end.status === 'fulfilled')).toBe(true)
  await writing
})

test('after closing, an insert is an error and never a silent loss', async () => {
  await using place = await openTestDb()
  await place.db.close()
  expect(await insertAll(place, ['call_late'])).toMatchObject([{ status: 'rejected' }])
})
