/** `clawlink audit` and `clawlink policy`, beside the data of a server. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { recordAudit, system } from '../../src/accounts/audit.ts'
import { ensureWorkspace } from '../../src/accounts/workspace.ts'
import type { Db } from '../../src/db/db.ts'
import { type CliEnd, runCli } from '../kit/cli.ts'
import { type DbPlace, openTestDb } from '../kit/open-db.ts'
import { letter } from './tools.ts'

function run({ dataDir, settings }: DbPlace, ...args: string[]): Promise<CliEnd> {
  const env = { CLAWLINK_DATABASE_URL: settings.databaseUrl?.reveal() }
  return runCli([...args, '--data', dataDir], { home: dataDir, env })
}

const record = (db: Db, name: string) =>
  db.write(tx =>
    recordAudit(tx, 5, { workspaceId: 'ws_1', actor: { ...system, name }, action: 'test.done', details: { n: 1 } }),
  )

test('a record that is whole is said to be, with its last hash, and the exit code is 0', async () => {
  await using place = await openTestDb()
  for (const name of ['a', 'b']) await record(place.db, name)
  const { hash } = await place.db.read.selectFrom('audit').select('hash').where('seq', '=', 2).executeTakeFirstOrThrow()
  const { exitCode, stdout } = await run(place, 'audit', 'verify')
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining(hash) })
  expect(JSON.parse((await run(place, 'audit', 'verify', '--json')).stdout)).toMatchObject({ ok: true, rows: 2 })
})

test('a record that is broken is said to be, and where, and the exit code is 1', async () => {
  await using place = await openTestDb()
  for (const name of ['a', 'b', 'c']) await record(place.db, name)
  await place.db.write(async tx => {
    await sql
      .raw(
        place.db.dialect === 'postgres'
          ? 'alter table audit disable trigger audit_is_kept'
          : 'drop trigger audit_no_delete',
      )
      .execute(tx)
    await tx.deleteFrom('audit').where('seq', '=', 2).execute()
    if (place.db.dialect === 'postgres') await sql`alter table audit enable trigger audit_is_kept`.execute(tx)
  })
  const plain = await run(place, 'audit', 'verify')
  expect(plain).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('broken at entry 2') })
  const { exitCode, stdout } = await run(place, 'audit', 'verify', '--json')
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, rows: 1, broken: { seq: 2 } })
})

test('the list shows the latest entries, and a name in it cannot move the cursor', async () => {
  await using place = await openTestDb()
  for (const name of ['first', 'evil\u001b[2Aname', 'last']) await record(place.db, name)
  const { exitCode, stdout } = await run(place, 'audit', 'list', '--limit', '2')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/last.*\n.*evil\?\[2Aname/)
  expect(stdout).not.toContain('first')
  expect(stdout).not.toContain('\u001b')
  const { stdout: json } = await run(place, 'audit', 'list', '--json', '--action', 'test.undone')
  expect(JSON.parse(json)).toEqual({ items: [], next: null })
  expect(await run(place, 'audit', 'list', '--limit', 'all')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('--limit'),
  })
})

test('the rules are listed in their order, and an explanation names the one that decides', async () => {
  await using place = await openTestDb()
  expect((await run(place, 'policy', 'list')).stdout).toContain('There are no rules')
  const workspaceId = await ensureWorkspace(place.db, 5)
  const match = JSON.stringify({ arguments: [{ path: 'to', is: 'domainIn', value: ['gable.example'] }] })
  for (const [position, name, decision] of [
    [2, 'Rest', 'deny'],
    [1, 'Ours', 'allow'],
  ] as const) {
    const row = {
      id: `rule_${position}`,
      workspace_id: workspaceId,
      position,
      name,
      decision,
      created_by: '',
      created_at: 5,
    }
    await place.db.insert('rules', { ...row, match: name === 'Ours' ? match : '{}', expires_at: null })
  }
  expect((await run(place, 'policy', 'list')).stdout).toMatch(/1 +allow +Ours[\s\S]*2 +deny +Rest/)
  const explain = async (to: string) => {
    const asked = JSON.stringify({ ...letter, to: [to] })
    const { stdout } = await run(place, 'policy', 'explain', 'sandbox_send_message', asked, '--json')
    return JSON.parse(stdout)
  }
  expect(await explain('zoe@gable.example')).toMatchObject({ decision: 'allow', rule: { name: 'Ours' } })
  expect(await explain('zoe@evil.example')).toMatchObject({ decision: 'deny', rule: { name: 'Rest' } })
  expect((await run(place, 'policy', 'explain', 'sandbox_send_message')).stdout).toContain('missing: to')
})
