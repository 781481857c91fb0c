import type { Transaction } from 'kysely'
import type { Schema } from '../../db/schema.ts'
import { recordAudit, system } from '../audit.ts'
import { recordId } from './records.ts'

/** Ends a grant, and with it all its tokens, within a second in every process. Ending it again changes nothing. */
export async function endGrant(tx: Transaction<Schema>, nowMs: number, keyId: string): Promise<void> {
  await tx.deleteFrom('oauth_records').where('id', '=', recordId('Grant', keyId)).execute()
  const ended = await tx
    .updateTable('keys')
    .set({ revoked_at: nowMs })
    .where('id', '=', keyId)
    .where('kind', '=', 'oauth')
    .where('revoked_at', 'is', null)
    .returning('workspace_id')
    .executeTakeFirst()
  if (!ended) return
  await recordAudit(tx, nowMs, {
    workspaceId: ended.workspace_id,
    actor: system,
    action: 'grant.ended',
    target: keyId,
  })
}
