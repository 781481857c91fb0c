import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import type { PairingRow, Schema } from '../../db/schema.ts'
import type { MemberPrincipal } from '../principal.ts'
import { noPairing } from './find-pairing.ts'
import { pairingState } from './pairing.ts'

/** Writes a member's decision, once: of several who decide at the same time the others get a conflict. */
export async function decidePairing(
  tx: Transaction<Schema>,
  nowMs: number,
  { member, id, state }: { member: MemberPrincipal; id: string; state: 'approved' | 'denied' },
): Promise<PairingRow | Fault> {
  const { workspaceId, personId } = member
  const decided = await tx
    .updateTable('pairings')
    .set({ state, workspace_id: workspaceId, decided_by: personId })
    .where('id', '=', id)
    .where('state', '=', 'awaiting_browser')
    .where('expires_at', '>', nowMs)
    .returningAll()
    .executeTakeFirst()
  return decided ?? (await notWaiting(tx, nowMs, { workspaceId, id })) ?? noPairing(id)
}

/** Why a pairing cannot be decided any more; undefined while it can be. */
export async function notWaiting(
  tx: Transaction<Schema>,
  nowMs: number,
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<Fault | undefined> {
  const row = await tx.selectFrom('pairings').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row || (row.workspace_id !== '' && row.workspace_id !== workspaceId)) return noPairing(id)
  const state = pairingState(row, nowMs)
  if (state === 'awaiting_browser') return undefined
  const how = state === 'expired' ? 'has expired' : state === 'denied' ? 'was denied already' : 'was approved already'
  return new Fault('conflict', `This pairing ${how}.`, { fix: 'Start a new one on the device if it is still wanted.' })
}
