import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, test } from 'vitest'
import { openTestDb } from '../kit/open-db.ts'
import { usageRow } from '../kit/usage-row.ts'

/** How many threads this process has started meanwhile. */
function countThreads() {
  const seen = { threads: 0, [Symbol.dispose]: () => unsubscribe('worker_threads', count) }
  const count = () => {
    seen.threads += 1
  }
  subscribe('worker_threads', count)
  return seen
}

test('crowds of writes go to a thread, on SQLite, and are as good there: in order, all stored, refused alone', async () => {
  using seen = countThreads()
  await using place = await openTestDb()
  const { db } = place
  const stored: string[] = []
  const rename = db.change<{ value: string }>(q =>
    q.updateTable('settings').set({ value: '' }).where('name', '=', '').returning('value'),
  )
  await db.insert('settings', { name: 'last', value: '' })
  for (let crowd = 0; crowd < 150; crowd++) {
    const ids = Array.from({ length: 30 }, (_, i) => `call_${crowd}_${i}`)
    const taken = stored.at(-1) ?? 'call_0_0'
    const inserting = [...ids, taken].map(call_id => db.insert('usage', usageRow({ call_id })))
    const changing = rename(ids.at(-1) ?? '', 'last')
    const counting = db.write(tx =>
      tx
        .selectFrom('usage')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    )
    const ends = await Promise.allSettled(inserting)
    expect(ends.map(end => end.status)).toEqual([...ids.map(() => 'fulfilled'), 'rejected'])
    expect(await changing).toEqual([{ value: ids.at(-1) }])
    const { count } = await counting
    expect(count).toBeGreaterThanOrEqual(stored.length)
    expect(count).toBeLessThanOrEqual(stored.length + ids.length)
    stored.push(...ids)
  }
  const rows = await db.read.selectFrom('usage').select('call_id').execute()
  expect(rows.map(({ call_id }) => call_id).toSorted()).toEqual(stored.toSorted())
  expect(seen.threads).toBe(db.dialect === 'sqlite' ? 1 : 0)
})

test('few writes at a time start no thread, however many there are in all', async () => {
  using seen = countThreads()
  await using place = await openTestDb()
  for (let i = 0; i < 800; i++)
    await Promise.all([0, 1, 2].map(j => place.db.insert('usage', usageRow({ call_id: `call_${i}_${j}` }))))
  expect(seen.threads).toBe(0)
})
