import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { newId } from '../../src/core/ids.ts'
import type { KeyRow } from '../../src/db/schema.ts'
import { connectionRow } from '../kit/connection-row.ts'
import { openTestDb } from '../kit/open-db.ts'
import { plainKey } from '../kit/plain-key.ts'
import { usageRow } from '../kit/usage-row.ts'

const workspace = { id: 'ws_1', name: 'Home', created_at: 0 }
const connection = connectionRow({
  label: "Ünïcödé “quoted” \\ % _ \n 🙂 ' ; --",
  account_label: '',
  is_default: 1,
  created_at: Date.UTC(2026, 0, 1),
})

test('numbers up to 2^53 - 1 come back as the numbers they were, from queries, points and sums', async () => {
  await using place = await openTestDb()
  const { db } = place
  const big = Number.MAX_SAFE_INTEGER
  await db.insert('usage', usageRow({ call_id: 'call_1', started_at: big, answer_bytes: big - 1, duration_ms: 0 }))
  await db.insert('usage', usageRow({ call_id: 'call_2', started_at: 1, answer_bytes: 1, attempts: 2_147_483_647 }))
  const [row] = await db.read.selectFrom('usage').selectAll().orderBy('call_id').execute()
  expect(row).toMatchObject({ started_at: big, answer_bytes: big - 1, duration_ms: 0 })
  const byId = db.point(q => q.selectFrom('usage').selectAll().where('call_id', '=', ''))
  expect(await byId('call_2')).toMatchObject([{ started_at: 1, attempts: 2_147_483_647 }])
  const total = await db.read
    .selectFrom('usage')
    .select([sql<number>`sum(answer_bytes)`.as('bytes'), sql<number>`count(*)`.as('calls')])
    .executeTakeFirst()
  expect(total).toEqual({ bytes: big, calls: 2 })
})

test('yes and no are 1 and 0, and nothing is null', async () => {
  await using place = await openTestDb()
  const key: KeyRow = {
    id: 'key_1',
    workspace_id: 'ws_1',
    agent_id: 'agt_1',
    environment: 'test',
    hash: 'h',
    last_four: 'abcd',
    created_at: 1,
    expires_at: null,
    revoked_at: 2,
    ...plainKey,
  }
  await place.db.write(async tx => {
    await tx.insertInto('workspaces').values(workspace).execute()
    await tx
      .insertInto('agents')
      .values({ id: 'agt_1', workspace_id: 'ws_1', name: 'a', created_at: 0, created_by: '' })
      .execute()
    await tx.insertInto('connections').values(connection).execute()
    await tx
      .insertInto('connections')
      .values({ ...connection, id: 'conn_2', label: 'second', is_default: 0 })
      .execute()
  })
  await place.db.insert('keys', key)
  const { db } = place
  expect(await db.read.selectFrom('keys').selectAll().execute()).toEqual([key])
  const found = await db.read.selectFrom('connections').select('is_default').orderBy('id').execute()
  expect(found).toEqual([{ is_default: 1 }, { is_default: 0 }])
})

test('text comes back character by character, by whichever way it goes in, and is compared byte by byte', async () => {
  await using place = await openTestDb()
  const { db } = place
  await db.write(async tx => {
    await tx.insertInto('workspaces').values(workspace).execute()
    await tx.insertInto('connections').values(connection).execute()
  })
  expect(await db.read.selectFrom('connections').selectAll().execute()).toEqual([connection])
  const json = JSON.stringify({ list: [1, 'zwei', null, { deep: true }], text: connection.label })
  await db.insert('settings', { name: 'json', value: json })
  await db.insert('settings', { name: 'JSON', value: '' })
  const { value } = await db.read
    .selectFrom('settings')
    .select('value')
    .where('name', '=', 'json')
    .executeTakeFirstOrThrow()
  expect(JSON.parse(value)).toEqual(JSON.parse(json))
})

test('ids sort in the order in which they were made', async () => {
  await using place = await openTestDb()
  const ids = Array.from({ length: 100 }, (_, i) => newId('call', 1_700_000_000_000 + i * 7))
  for (const call_id of ids.toReversed()) await place.db.insert('usage', usageRow({ call_id }))
  const rows = await place.db.read.selectFrom('usage').select('call_id').orderBy('call_id').execute()
  expect(rows.map(row => row.call_id)).toEqual(ids)
})
