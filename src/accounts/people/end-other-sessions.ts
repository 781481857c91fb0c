import type { Transaction } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import type { PersonPrincipal } from '../principal.ts'

/** Ends every session of the person but the one that asks; how many there were. */
export async function endOtherSessions(
  tx: Transaction<Schema>,
  nowMs: number,
  { personId, sessionId }: PersonPrincipal,
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('sessions')
    .set({ revoked_at: nowMs })
    .where('person_id', '=', personId)
    .where('id', '!=', sessionId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
