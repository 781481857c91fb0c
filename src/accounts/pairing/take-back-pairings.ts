import type { Transaction } from 'kysely'
import type { PairingRow, Schema } from '../../db/schema.ts'

/**
 * Takes back what was approved and no device has fetched yet, as if it had been denied; how many there were. To be done before
 * keys are revoked: a device that fetches its key at this moment is waited for, and its key is there to be revoked then.
 */
export async function takeBackPairings(
  tx: Transaction<Schema>,
  workspaceId: string,
  isMeant: (row: PairingRow) => boolean,
): Promise<number> {
  const approved = await tx
    .selectFrom('pairings')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'approved')
    .execute()
  const ids = approved.filter(isMeant).map(({ id }) => id)
  if (!ids.length) return 0
  const { numUpdatedRows } = await tx
    .updateTable('pairings')
    .set({ state: 'denied', granted: '' })
    .where('id', 'in', ids)
    .where('state', '=', 'approved')
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
