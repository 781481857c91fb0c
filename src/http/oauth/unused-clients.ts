import type { Transaction } from 'kysely'
import type { Schema } from '../../db/schema.ts'

/** How many clients are kept that nobody has let in yet. */
const unusedMax = 1000

/** Makes room for one more client: of those that nobody has let in, the oldest goes. */
export async function dropUnusedClients(tx: Transaction<Schema>): Promise<void> {
  const unused = () => tx.selectFrom('oauth_records').where('model', '=', 'Client').where('expires_at', 'is not', null)
  const { count } = await unused()
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (count < unusedMax) return
  const oldest = await unused()
    .select('id')
    .orderBy('expires_at')
    .limit(count - unusedMax + 1)
    .execute()
  const ids = oldest.map(({ id }) => id)
  await tx.deleteFrom('oauth_records').where('id', 'in', ids).execute()
}
