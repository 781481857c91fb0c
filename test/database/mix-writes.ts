import { sql } from 'kysely'
import type { Db } from '../../src/db/db.ts'
import { usageRow } from '../kit/usage-row.ts'

/** How much one `mixWrites` leaves behind. */
export const mixed = { added: 20, inserted: 200 }

/** Adds 1 to the setting `counter` 20 times, inserts 200 rows, and 20 times takes back what it wrote; all at once. */
export async function mixWrites(db: Db, name: string): Promise<void> {
  const add = () =>
    db.write(async tx => {
      await tx
        .updateTable('settings')
        .set({ value: sql`cast(cast(value as integer) + 1 as text)` })
        .where('name', '=', 'counter')
        .execute()
      await new Promise(setImmediate)
      await tx.selectFrom('usage').select('call_id').limit(1).execute()
    })
  const takeBack = (i: number) =>
    db
      .write(async tx => {
        await tx
          .insertInto('settings')
          .values({ name: `${name} ${i}`, value: 'half' })
          .execute()
        await new Promise(setImmediate)
        throw new Error('taken back')
      })
      .catch(() => {})
  const insert = (i: number, j: number) => db.insert('usage', usageRow({ call_id: `call_${name}_${i}_${j}` }))
  const rounds = Array.from({ length: mixed.added }, (_, i) => [
    add(),
    ...Array.from({ length: mixed.inserted / mixed.added }, (_, j) => insert(i, j)),
    takeBack(i),
  ])
  await Promise.all(rounds.flat())
}
