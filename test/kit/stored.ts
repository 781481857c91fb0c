import type { Schema } from '../../src/db/schema.ts'
import type { TestClawLink } from './clawlink.ts'

/** Tables as one text, to look for what must not be in them or must not have changed. */
export async function stored({ app }: TestClawLink, tables: readonly (keyof Schema)[]): Promise<string> {
  const all = await Promise.all(tables.map(table => app.db.read.selectFrom(table).selectAll().execute()))
  const lines = all.map((rows, i) => [tables[i], ...rows.map(row => JSON.stringify(row)).sort()].join('\n'))
  return lines.join('\n\n')
}

/** Everything that is about people. */
export const tablesOfPeople = ['people', 'members', 'sessions', 'invitations', 'workspaces', 'seals', 'audit'] as const
