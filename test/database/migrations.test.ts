import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import type { Db } from '../../src/db/db.ts'
import { hasData, openDb } from '../../src/db/open.ts'
import { type DbPlace, emptyDatabase, openTestDb } from '../kit/open-db.ts'
import { runOther } from './other-process.ts'

const migrationsOf = async (db: Db) =>
  (
    await sql<{ name: string; timestamp: string }>`select name, timestamp from kysely_migration order by name`.execute(
      db.read,
    )
  ).rows

/** Runs a statement without ClawLink. */
async function runSql({ dataDir, settings }: DbPlace, statement: string): Promise<void> {
  if (!settings.databaseUrl) {
    const file = new DatabaseSync(join(dataDir, 'clawlink.sqlite'))
    file.exec(statement)
    return file.close()
  }
  const client = new Client({ connectionString: settings.databaseUrl.reveal() })
  await client.connect()
  await client.query(statement)
  await client.end()
}

describe('migrations', () => {
  test('make every table of an empty database, ready to be written and read', async () => {
    await using place = await emptyDatabase()
    const db = await place.open()
    expect((await migrationsOf(db)).map(({ name }) => name)).toEqual([
      '0001-first-tables',
      '0002-people',
      '0003-connecting',
      '0004-idempotency',
      '0005-trusted-calls',
      '0006-relay',
      '0007-shared-files',
      '0008-a2a',
      '0009-pauses',
      '0010-ends',
    ])
    const tables = ['workspaces', 'agents', 'keys', 'connections', 'credentials', 'usage', 'settings'] as const
    for (const table of tables) expect(await db.read.selectFrom(table).selectAll().execute()).toEqual([])
  })

  test('are not begun by a look at whether there is data', async () => {
    await using place = await emptyDatabase()
    for (let looks = 0; looks < 2; looks++) expect(await hasData(place.settings)).toBe(false)
    await place.open()
    expect(await hasData(place.settings)).toBe(true)
  })

  test('do nothing when the database is opened again', async () => {
    await using place = await openTestDb()
    await place.db.write(tx => tx.insertInto('settings').values({ name: 'kept', value: 'yes' }).execute())
    const before = await migrationsOf(place.db)
    await place.db.close()
    const again = await place.open()
    expect(await migrationsOf(again)).toEqual(before)
    expect(await again.read.selectFrom('settings').selectAll().execute()).toEqual([{ name: 'kept', value: 'yes' }])
  })

  test('are all or nothing: where one fails, none has left anything, and the next start begins anew', async () => {
    await using place = await emptyDatabase()
    await runSql(place, 'create table connections (in_the_way integer)')
    await expect(place.open()).rejects.toThrow('already exists')
    await runSql(place, 'drop table connections')
    await place.open()
  })

  test('leave a database alone that a later version has changed, and say so', async () => {
    await using place = await emptyDatabase()
    await place.open()
    await runSql(place, `insert into kysely_migration (name, timestamp) values ('9999-later', '2030')`)
    const refused = await openDb(place.settings)
    expect(refused).toMatchObject({
      message: expect.stringMatching(/later version of ClawLink, which made 9999-later\.$/),
      fix: expect.stringContaining('Start that version again'),
    })
  })

  test('run once when several processes open an empty database at the same moment', async () => {
    await using place = await emptyDatabase()
    const others = Array.from({ length: 4 }, () => runOther('open', place))
    for (const other of others) expect(await other.nextLine()).toBe('loaded')
    for (const other of others) other.go()
    expect(await Promise.all(others.map(other => other.ended))).toEqual([0, 0, 0, 0])
    const db = await place.open()
    expect(await db.read.selectFrom('usage').select('call_id').execute()).toHaveLength(4)
  })
})
