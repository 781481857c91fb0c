/** How SQLite finds what is asked for again and again: while it looks, a ClawLink does nothing else. */
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import { expect, test } from 'vitest'
import type { MemberPrincipal } from '../../src/accounts/principal.ts'
import type { App } from '../../src/app.ts'
import { forgetExpiredJob } from '../../src/calls/forget-expired.ts'
import { selectUsage } from '../../src/calls/select-usage.ts'
import type { Db } from '../../src/db/db.ts'
import type { JobRow, Schema } from '../../src/db/schema.ts'
import { fitsWorkspace, tooManyAtOnce } from '../../src/files/quota.ts'
import { fitsShared } from '../../src/relay/files/quota.ts'
import { forgetRelayJob } from '../../src/relay/forget-relay.ts'
import { startClawLink } from '../kit/clawlink.ts'

/** A database that finds nothing in any table, and what it was asked. */
function recording(): { db: Pick<Db, 'read' | 'write' | 'together'>; asked: Set<string> } {
  const asked = new Set<string>()
  const read = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: db => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    log: ({ query }) => void asked.add(query.sql),
  })
  const write: Db['write'] = run => read.transaction().execute(run)
  return { db: { read, write, together: write }, asked }
}

const noRow = {} as JobRow // which neither of these jobs looks at

const again: [what: string, ask: (app: App) => Promise<unknown>][] = [
  ['what is forgotten once an hour', app => forgetExpiredJob(app).run(noRow)],
  ['what the relay forgets every few minutes', app => forgetRelayJob(app).run(noRow)],
  ['room for one more file', app => fitsWorkspace(app, app.db.read, app.workspaceId, 1)],
  ['how many files come in just now', app => tooManyAtOnce(app, app.workspaceId)],
  ['room for one more shared file', app => fitsShared(app, app.db.read, app.workspaceId, 1)],
]

test.runIf(process.env.CLAWLINK_TEST_DIALECT === 'sqlite')(
  'nothing that is asked for again and again reads a whole table, or all that a workspace has in it',
  async () => {
    await using claw = await startClawLink()
    for (const [what, ask] of again) {
      const { db, asked } = recording()
      await ask({ ...claw.app, db: { ...claw.app.db, ...db } }).catch(() => {}) // a sum of nothing is no row
      expect(asked.size).toBeGreaterThan(0)
      for (const query of asked) {
        const plan = sql<{ detail: string }>`explain query plan ${sql.raw(query.replaceAll('?', '1'))}`
        const { rows } = await plan.execute(claw.app.db.read)
        const whole = rows.filter(({ detail }) => /^SCAN (?!breakers)|\(workspace_id=\?\)$/.test(detail)) // nearly always empty
        expect([what, query, whole.map(({ detail }) => detail)]).toEqual([what, query, []])
      }
    }
  },
)

test('calls in a range of time are read from its one end, whatever else says how far to look', async () => {
  await using claw = await startClawLink()
  const { app } = claw
  const principal = { kind: 'member', workspaceId: app.workspaceId } as MemberPrincipal // all of one that is read
  const reach = { callId: 'call_0002', startedAt: 2 }
  const { parameters, sql: text } = selectUsage(
    app.db,
    principal,
    { since: 1, until: 9, before: 'call_0005' },
    reach,
  ).compile()
  expect(text.match(/"call_id" (>=|<)/g)).toEqual(['"call_id" >=', '"call_id" <'])
  expect(parameters).toEqual([app.workspaceId, 'call_0002', 'call_000000000009'])
})
