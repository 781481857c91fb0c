import { randomUUID } from 'node:crypto'
import { type IdPrefix, newId } from '../../src/core/ids.ts'
import type { Schema } from '../../src/db/schema.ts'
import type { TestClawLink } from './clawlink.ts'

/** What belongs to a workspace and can be changed by its id, after what it refers to. */
const tables = [
  'people',
  'members',
  'agents',
  'keys',
  'connections',
  'credentials',
  'rules',
  'calls',
  'approvals',
  'invitations',
  'oauth_apps',
  'connect_sessions',
  'endpoints',
  'events',
  'deliveries',
  'files',
  'pairings',
  'seals',
] as const satisfies (keyof Schema)[]

type Row = Record<string, unknown>
type Rows = [table: (typeof tables)[number], rows: Row[]][]

/** Columns of which no two rows may have the same. */
const unlike = ['email', 'hash', 'user_code', 'name', 'label']
/** Copied rules stand behind all others: none of these moves when one of them goes. */
const farBack = 1_000

/** All rows of these kinds, in an order of their own. */
export async function rowsNow({ app }: TestClawLink): Promise<Rows> {
  const read = async (table: Rows[number][0]): Promise<Rows[number]> => [
    table,
    await app.db.read.selectFrom(table).selectAll().execute(),
  ]
  return Promise.all(tables.map(read))
}

/** The same things once more, in the same workspaces, under ids of their own. Gives the id of the copy of each. */
export async function copyOf({ app, clock }: TestClawLink, rows: Rows): Promise<(id: string) => string> {
  const ids = new Map<string, string>()
  for (const { id } of rows.flatMap(([, each]) => each))
    if (typeof id === 'string') ids.set(id, newId(id.split('_', 1)[0] as IdPrefix, clock.now())) // as its own was made
  const anew = (value: unknown) =>
    typeof value === 'string' ? value.replace(/[a-z]+_[0-9a-z]{20,}/g, id => ids.get(id) ?? id) : value
  const cell = (column: string, value: unknown) => {
    if (column === 'position') return Number(value) + farBack
    return unlike.includes(column) ? randomUUID() : anew(value)
  }
  const copied = (row: Row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, cell(column, value)]))
  await app.db.write(async tx => {
    for (const [table, each] of rows) {
      const own = each.filter(({ id }) => id === undefined || anew(id) !== id)
      // Rows of this very table, with other texts.
      if (own.length)
        await tx
          .insertInto(table)
          .values(own.map(copied) as never)
          .execute()
    }
  })
  return id => ids.get(id) ?? id
}

/** Of these rows the ones that are other ones by now, or gone. */
export async function changedSince(claw: TestClawLink, before: Rows): Promise<string[]> {
  const texts = (all: Rows) => all.flatMap(([table, rows]) => rows.map(row => `${table} ${JSON.stringify(row)}`))
  const now = new Set(texts(await rowsNow(claw)))
  return texts(before).filter(text => !now.has(text))
}
