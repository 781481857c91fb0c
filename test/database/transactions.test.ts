import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from '../../src/db/db.ts'
import { openTestDb } from '../kit/open-db.ts'
import { mixed, mixWrites } from './mix-writes.ts'
import { runOther } from './other-process.ts'

const countOf = async (db: Db, table: 'usage' | 'settings') =>
  (
    await db.read
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count

test('what a transaction wrote is invisible to queries and points until it commits, in this process and in others', async () => {
  await using place = await openTestDb()
  const { db } = place
  const handles = [db, await place.open()]
  const points = handles.map(handle => handle.point(q => q.selectFrom('settings').selectAll().where('name', '=', '')))
  const seen = async () => [
    ...(await Promise.all(handles.map(handle => countOf(handle, 'settings')))),
    ...(await Promise.all(points.map(async point => (await point('a')).length))),
  ]
  await db.write(async tx => {
    await tx.insertInto('settings').values({ name: 'a', value: '1' }).execute()
    await new Promise(setImmediate)
    expect(await seen()).toEqual([0, 0, 0, 0])
    const inside = await tx.selectFrom('settings').selectAll().execute()
    expect(inside).toEqual([{ name: 'a', value: '1' }])
  })
  await new Promise(setImmediate) // within one turn, equal points share an answer
  expect(await seen()).toEqual([1, 1, 1, 1])
})

test('a transaction that fails leaves nothing, and the next one goes on', async () => {
  await using place = await openTestDb()
  const { db } = place
  const failing = db.write(async tx => {
    await tx.insertInto('settings').values({ name: 'a', value: '1' }).execute()
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  const refused = db.write(async tx => {
    await tx.insertInto('settings').values({ name: 'b', value: '1' }).execute()
    await tx.insertInto('settings').values({ name: 'b', value: '2' }).execute()
  })
  await expect(refused).rejects.toThrow()
  expect(await countOf(db, 'settings')).toBe(0)
  expect(await db.write(async () => 'done')).toBe('done')
  await db.insert('settings', { name: 'c', value: '3' })
  expect(await countOf(db, 'settings')).toBe(1)
})

test('transactions and inserts of several processes run side by side without loss, deadlock or mixing', async () => {
  await using place = await openTestDb()
  await place.db.insert('settings', { name: 'counter', value: '0' })
  const others = Array.from({ length: 2 }, () => runOther('mix', place))
  for (const other of others) expect(await other.nextLine()).toBe('open')
  for (const other of others) other.go()
  await mixWrites(place.db, 'here')
  expect(await Promise.all(others.map(other => other.ended))).toEqual([0, 0])

  const settings = await place.db.read.selectFrom('settings').selectAll().execute()
  expect(settings).toEqual([{ name: 'counter', value: String(3 * mixed.added) }])
  expect(await countOf(place.db, 'usage')).toBe(3 * mixed.inserted)
})

test('a process that is killed inside a transaction leaves nothing of it, and nobody has to wait for it', async () => {
  await using place = await openTestDb()
  const other = runOther('hold-transaction', place)
  expect(await other.nextLine()).toBe('inside')
  await other.kill()
  await place.db.write(tx => tx.insertInto('settings').values({ name: 'held', value: 'free' }).execute())
  expect(await place.db.read.selectFrom('settings').selectAll().execute()).toEqual([{ name: 'held', value: 'free' }])
})

test('a process that is killed while it inserts has stored every row that it was told is stored, and the database opens', async () => {
  await using place = await openTestDb()
  await place.db.close()
  const told: string[] = []
  const other = runOther('insert-for-ever', place)
  // By then SQLite is written to by a thread of its own.
  while (told.length < 5_000) told.push((await other.nextLine()) ?? '')
  await other.kill()
  for (let line = await other.nextLine(); line !== undefined; line = await other.nextLine()) told.push(line)
  const db = await place.open()
  const stored = new Set((await db.read.selectFrom('usage').select('call_id').execute()).map(row => row.call_id))
  expect(told.filter(id => !stored.has(id))).toEqual([])
  if (db.dialect === 'sqlite') {
    expect((await sql`PRAGMA integrity_check`.execute(db.read)).rows).toEqual([{ integrity_check: 'ok' }])
  }
})

test.runIf(process.env.CLAWLINK_TEST_DIALECT === 'postgres')(
  'a connection that breaks in the middle of a transaction fails that one alone, and none that hangs keeps its locks for good',
  async () => {
    await using place = await openTestDb()
    const { db } = place
    const broken = db.write(async tx => {
      await tx.insertInto('settings').values({ name: 'a', value: '1' }).execute()
      const { rows } = await sql<{ pid: number; pause: string }>`
        select pg_backend_pid() as pid, current_setting('idle_in_transaction_session_timeout') as pause`.execute(tx)
      expect(rows).toEqual([{ pid: expect.any(Number), pause: '1min' }])
      const there = () =>
        sql`select pg_terminate_backend(pid) from pg_stat_activity where pid = ${rows[0]?.pid}`.execute(db.read)
      await expect.poll(async () => (await there()).rows.length).toBe(0)
      await tx.insertInto('settings').values({ name: 'b', value: '2' }).execute()
    })
    await expect(broken).rejects.toThrow(/connection/)
    await db.insert('settings', { name: 'c', value: '3' })
    expect(await countOf(db, 'settings')).toBe(1)
  },
)
