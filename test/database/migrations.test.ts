import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { emptyDatabase, openTestDb, type TestDb } from '../kit/open-db.ts'
import { runOther } from './other-process.ts'

const migrationsOf = async ({ db }: Pick<TestDb, 'db'>) =>
  (
    await sql<{ name: string; timestamp: string }>`select name, timestamp from kysely_migration order by name`.execute(
      db.read,
    )
  ).rows

describe('migrations', () => {
  test('make every table of an empty database, ready to be written and read', async () => {
    await using place = await openTestDb()
    expect((await migrationsOf(place)).map(({ name }) => name)).toEqual(['0001-first-tables'])
    const tables = ['workspaces', 'agents', 'keys', 'connections', 'credentials', 'usage', 'settings'] as const
    for (const table of tables) expect(await place.db.read.selectFrom(table).selectAll().execute()).toEqual([])
  })

  test('do nothing when the database is opened again', async () => {
    await using place = await openTestDb()
    await place.db.write(tx => tx.insertInto('settings').values({ name: 'kept', value: 'yes' }).execute())
    const before = await migrationsOf(place)
    await place.db.close()
    const again = await place.open()
    expect(await migrationsOf({ db: again })).toEqual(before)
    expect(await again.read.selectFrom('settings').selectAll().execute()).toEqual([{ name: 'kept', value: 'yes' }])
  })

  test('run once when several processes open an empty database at the same moment', async () => {
    const place = await emptyDatabase()
    try {
      const others = Array.from({ length: 4 }, () => runOther('open', place))
      for (const other of others) expect(await other.nextLine()).toBe('loaded')
      for (const other of others) other.go()
      expect(await Promise.all(others.map(other => other.ended))).toEqual([0, 0, 0, 0])
    } finally {
      await place.drop()
    }
  })
})
