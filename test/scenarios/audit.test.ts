/** The audit record: complete, in order, beside any number of writers, and nobody changes it without being noticed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { type Actor, auditHead, hashOfRow, recordAudit, system } from '../../src/accounts/audit.ts'
import { verifyAudit } from '../../src/accounts/verify-audit.ts'
import type { Db } from '../../src/db/db.ts'
import type { AuditRow } from '../../src/db/schema.ts'
import { startClawLink } from '../kit/clawlink.ts'
import { signIn } from '../kit/member.ts'
import { type DbPlace, openTestDb } from '../kit/open-db.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'

const record = (db: Db, target: string, actor: Actor = system) =>
  db.write(tx => recordAudit(tx, 5, { workspaceId: 'ws_1', actor, action: 'test.done', target, details: { n: 1 } }))

async function recordMany(db: Db, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await record(db, String(i))
}

const rowsOf = (db: Db) => db.read.selectFrom('audit').selectAll().orderBy('seq').execute()

/** Changes the record as somebody does who may do anything with the database. */
async function tamper(db: Db, change: (db: Db) => Promise<unknown>): Promise<void> {
  const run = (statement: string) => db.write(tx => sql.raw(statement).execute(tx))
  if (db.dialect === 'postgres') {
    await run('alter table audit disable trigger audit_is_kept')
    await change(db)
    await run('alter table audit enable trigger audit_is_kept')
  } else {
    await run('drop trigger audit_no_update')
    await run('drop trigger audit_no_delete')
    await change(db)
  }
}

const put = (db: Db, row: AuditRow) => db.write(tx => tx.insertInto('audit').values(row).execute())
const drop = (db: Db, seq: number) => db.write(tx => tx.deleteFrom('audit').where('seq', '=', seq).execute())
const change = (db: Db, seq: number, set: Partial<AuditRow>) =>
  db.write(tx => tx.updateTable('audit').set(set).where('seq', '=', seq).execute())
const setHead = (db: Db, value: string) =>
  db.write(tx => tx.updateTable('settings').set({ value }).where('name', '=', auditHead).execute())

describe('a record that nobody touched', () => {
  test('is whole, from the first row on, whatever the size of a page', async () => {
    await using place = await openTestDb()
    expect(await verifyAudit(place.db)).toMatchObject({ ok: true, rows: 0, broken: null })
    await recordMany(place.db, 7)
    for (const rowsPerPage of [1, 2, 7, 8, 1000]) {
      expect(await verifyAudit(place.db, rowsPerPage)).toMatchObject({ ok: true, rows: 7, broken: null })
    }
    const rows = await rowsOf(place.db)
    expect((await verifyAudit(place.db)).last).toEqual({ seq: 7, hash: rows.at(-1)?.hash })
  })

  test('lets others have their turn while it is read', async () => {
    await using place = await openTestDb()
    await recordMany(place.db, 7)
    let turns = 0
    const turn = () => {
      turns++
      next = setImmediate(turn)
    }
    let next = setImmediate(turn)
    await verifyAudit(place.db, 1)
    clearImmediate(next)
    expect(turns).toBeGreaterThanOrEqual(6)
  })

  test('is whole whatever texts it holds', async () => {
    await using place = await openTestDb()
    const texts = [
      '',
      ' ',
      'ünï 🙂',
      `'"\\\n;--`,
      'a\0b',
      'half \ud83d',
      '\udc00',
      '\ufeff',
      '\r\n',
      '[0,"x"]',
      '{"a":1}',
    ]
    for (const text of texts) await record(place.db, text, { kind: 'agent', id: text, name: text })
    expect(await verifyAudit(place.db)).toMatchObject({ ok: true, rows: texts.length })
  })

  test('holds an event exactly when it holds what the event tells of', async () => {
    await using place = await openTestDb()
    const failing = place.db.write(async tx => {
      await recordAudit(tx, 5, { workspaceId: 'ws_1', actor: system, action: 'test.done' })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    await record(place.db, 'after')
    expect(await rowsOf(place.db)).toMatchObject([{ seq: 1, target: 'after' }])
    expect(await verifyAudit(place.db)).toMatchObject({ ok: true, rows: 1 })
  })

  test('takes several events of one transaction in their order', async () => {
    await using place = await openTestDb()
    await place.db.write(async tx => {
      for (const target of ['a', 'b', 'c']) {
        await recordAudit(tx, 5, { workspaceId: 'ws_1', actor: system, action: 'test.done', target })
      }
    })
    expect((await rowsOf(place.db)).map(({ seq, target }) => `${seq} ${target}`)).toEqual(['1 a', '2 b', '3 c'])
    expect(await verifyAudit(place.db)).toMatchObject({ ok: true, rows: 3 })
  })
})

test('writers of several processes leave one chain without a gap, and a check beside them finds it whole', async () => {
  await using place = await openTestDb()
  const { db } = place
  const count = 25
  const others = ['one', 'two'].map(name => runWriter(place, name, count))
  const mine = Promise.all(Array.from({ length: count }, (_, i) => record(db, `here ${i}`)))
  const checks = [await verifyAudit(db, 3), await verifyAudit(db, 3)]
  await mine
  expect(await Promise.all(others)).toEqual([0, 0])
  for (const check of checks) expect(check).toMatchObject({ ok: true, broken: null })
  expect(await verifyAudit(db, 10)).toMatchObject({ ok: true, rows: 3 * count, broken: null })
  const targets = (await rowsOf(db)).map(({ target }) => target)
  expect(new Set(targets).size).toBe(3 * count)
})

describe('the database itself', () => {
  test('refuses to change or delete a row, alone or with all others', async () => {
    await using place = await openTestDb()
    const { db } = place
    await recordMany(db, 3)
    const before = await rowsOf(db)
    for (const attempt of [
      () => change(db, 2, { action: 'test.undone' }),
      () => db.write(tx => tx.updateTable('audit').set({ at: 0 }).execute()),
      () => drop(db, 2),
      () => db.write(tx => tx.deleteFrom('audit').execute()),
    ]) {
      await expect(attempt()).rejects.toThrow('append-only')
    }
    expect(await rowsOf(db)).toEqual(before)
  })
})

describe('somebody who may do anything with the database is noticed, and where, when they', () => {
  const columns: (keyof AuditRow)[] = [
    'workspace_id',
    'actor_kind',
    'actor_id',
    'actor_name',
    'action',
    'target',
    'address',
    'details',
  ]
  test.each(columns)('change the %s of a row', async column => {
    await using place = await openTestDb()
    await recordMany(place.db, 5)
    await tamper(place.db, db => change(db, 3, { [column]: 'x' }))
    for (const rowsPerPage of [1, 3, 1000]) {
      const verdict = await verifyAudit(place.db, rowsPerPage)
      expect(verdict).toMatchObject({ ok: false, rows: 2, broken: { seq: 3, why: expect.stringContaining('changed') } })
    }
  })

  /** The same row with other content and a hash that fits it. */
  const rewritten = (row: AuditRow): AuditRow => {
    const other = { ...row, action: 'test.undone' }
    return { ...other, hash: hashOfRow(other) }
  }
  const again = (row: AuditRow, seq: number, previous: string): AuditRow => {
    const other = { ...row, seq, previous }
    return { ...other, hash: hashOfRow(other) }
  }

  test.each<[string, (db: Db, rows: AuditRow[]) => Promise<unknown>, number]>([
    ['change the time of a row', db => change(db, 4, { at: 6 }), 4],
    ['change a row and its hash', (db, [, , row]) => change(db, 3, row ? rewritten(row) : {}), 4],
    ['change the last row and its hash', (db, rows) => change(db, 5, rewritten(rows[4] as AuditRow)), 5],
    ['take out a row', db => drop(db, 3), 3],
    ['take out the first row', db => drop(db, 1), 1],
    ['take out the last row', db => drop(db, 5), 5],
    [
      'take out every row',
      async db => {
        for (const seq of [1, 2, 3, 4, 5]) await drop(db, seq)
      },
      1,
    ],
    ['add a row at the end', (db, [row]) => put(db, { ...(row as AuditRow), seq: 6 }), 6],
    ['add a row at the end that fits', (db, rows) => put(db, again(rows[4] as AuditRow, 6, rows[4]?.hash ?? '')), 6],
    ['add a row before the first', (db, [row]) => put(db, again(row as AuditRow, 0, '')), 0],
    [
      'take out a row and close the gap',
      async (db, rows) => {
        for (const seq of [3, 4, 5]) await drop(db, seq)
        await put(db, { ...(rows[3] as AuditRow), seq: 3 })
        await put(db, { ...(rows[4] as AuditRow), seq: 4 })
      },
      3,
    ],
    [
      'swap two rows',
      async (db, rows) => {
        for (const seq of [2, 3]) await drop(db, seq)
        await put(db, { ...(rows[1] as AuditRow), seq: 3 })
        await put(db, { ...(rows[2] as AuditRow), seq: 2 })
      },
      2,
    ],
    [
      'swap two rows and make their hashes fit',
      async (db, rows) => {
        for (const seq of [2, 3]) await drop(db, seq)
        const second = again(rows[2] as AuditRow, 2, rows[0]?.hash ?? '')
        await put(db, second)
        await put(db, again(rows[1] as AuditRow, 3, second.hash))
      },
      4,
    ],
    [
      'put one row in the place of another',
      async (db, rows) => {
        await drop(db, 4)
        await put(db, { ...(rows[1] as AuditRow), seq: 4 })
      },
      4,
    ],
    ['take away the note of the end', db => setHead(db, ''), 1],
    ['set the note of the end back', (db, rows) => setHead(db, `3 ${rows[2]?.hash}`), 4],
  ])('%s', async (_, attack, seq) => {
    await using place = await openTestDb()
    await recordMany(place.db, 5)
    const rows = await rowsOf(place.db)
    await tamper(place.db, db => attack(db, rows))
    for (const rowsPerPage of [1, 3, 1000]) {
      const verdict = await verifyAudit(place.db, rowsPerPage)
      expect(verdict).toMatchObject({ ok: false, broken: { seq, why: expect.stringMatching(/\.$/) } })
    }
  })
})

describe('over REST', () => {
  test('owners and admins read it newest first, in pages, by action; members and keys do not', async () => {
    await using claw = await startClawLink()
    const owner = await signIn(claw, { name: 'Olga', role: 'owner' })
    const { db, workspaceId } = claw.app
    for (let i = 0; i < 5; i++) {
      const event = { workspaceId, actor: system, action: i % 2 ? 'test.odd' : 'test.even', target: String(i) }
      await db.write(tx =>
        recordAudit(tx, claw.clock.now(), { ...event, address: '192.0.2.1', details: { i, ok: true } }),
      )
    }
    const targets: unknown[] = []
    let next: unknown = ''
    while (next !== null) {
      const { body } = await owner.rest('GET', `/audit?limit=2&action=test.even${next === '' ? '' : `&next=${next}`}`)
      targets.push(...(body.items as { target: string }[]).map(({ target }) => target)) // as documented
      next = body.next
    }
    expect(targets).toEqual(['4', '2', '0'])
    const { body } = await owner.rest('GET', '/audit?limit=1')
    expect(body.items).toMatchObject([
      { target: '4', actor: { kind: 'system', name: 'ClawLink' }, address: '192.0.2.1', details: { i: 4, ok: true } },
    ])
    const admin = await signIn(claw, { name: 'Ada', role: 'admin' })
    const member = await signIn(claw, { name: 'Mo', role: 'member' })
    for (const path of ['/audit', '/audit/verify']) {
      expect((await admin.rest('GET', path)).status).toBe(200)
      expect((await member.rest('GET', path)).status).toBe(403)
      expect((await claw.rest('GET', path)).status).toBe(403)
    }
  })

  test('a workspace sees its own entries and the sign-ins of its members, and none of another', async () => {
    await using claw = await startClawLink()
    const other = await otherWorkspace(claw)
    const owner = await signIn(claw, { name: 'Olga', role: 'owner' })
    const stranger = await signIn(claw, { name: 'Sven', role: 'owner', workspaceId: other.workspaceId })
    const { db, workspaceId } = claw.app
    const person = ({ id, name }: { id: string; name: string }): Actor => ({ kind: 'person', id, name })
    const events: [string, Actor, string][] = [
      [workspaceId, person(owner), 'ours'],
      [other.workspaceId, person(stranger), 'theirs'],
      ['', person(owner), 'our sign-in'],
      ['', person(stranger), 'their sign-in'],
      ['', { kind: 'agent', id: owner.id, name: 'x' }, 'an agent of that id'],
      ['', system, 'of the installation'],
    ]
    for (const [id, actor, target] of events) {
      await db.write(tx => recordAudit(tx, 5, { workspaceId: id, actor, action: 'test.done', target }))
    }
    const seen = async (as: typeof owner) => {
      const { body } = await as.rest('GET', '/audit?action=test.done')
      return (body.items as { target: string }[]).map(({ target }) => target).toSorted() // as documented
    }
    expect(await seen(owner)).toEqual(['our sign-in', 'ours'])
    expect(await seen(stranger)).toEqual(['their sign-in', 'theirs'])
  })

  test('a broken record is said to be broken, and where; what is left can still be read', async () => {
    await using claw = await startClawLink()
    const owner = await signIn(claw, { name: 'Olga', role: 'owner' })
    const { db, workspaceId } = claw.app
    const event = { workspaceId, actor: system, action: 'test.done' }
    await db.write(tx => recordAudit(tx, 5, event))
    const whole = await owner.rest('GET', '/audit/verify')
    expect(whole.body).toMatchObject({ ok: true, broken: null })
    const seq = Number(whole.body.rows)
    await tamper(db, () => change(db, seq, { details: 'not JSON' }))
    expect((await owner.rest('GET', '/audit/verify')).body).toMatchObject({ ok: false, broken: { seq } })
    expect((await owner.rest('GET', '/audit?limit=1')).body.items).toMatchObject([{ seq, details: {} }])
  })
})

/** Writes from another process; resolves with its exit code. */
async function runWriter({ settings }: DbPlace, name: string, count: number): Promise<number | null> {
  const script = `${import.meta.dirname}/audit-writer.ts`
  const child = spawn(process.execPath, [script, settings.dataDir, name, String(count)], {
    env: { ...process.env, CLAWLINK_DATABASE_URL: settings.databaseUrl?.reveal() },
    stdio: 'inherit',
  })
  const [code] = await once(child, 'close')
  return code
}
