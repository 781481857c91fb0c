import type { Transaction } from 'kysely'
import type { Fault } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { Schema, SealRow } from '../db/schema.ts'
import type { Vault } from './vault.ts'

/** A text that is stored sealed under an id, such as a parked call's arguments. Storing again replaces it. */
export async function putSeal(
  tx: Transaction<Schema>,
  vault: Vault,
  {
    id,
    workspaceId,
    text,
    expiresAt = null,
  }: { id: string; workspaceId: string; text: string; expiresAt?: number | null },
): Promise<void> {
  const version = 1
  const sealed = vault.seal({ workspaceId, connectionId: id, version }, new Secret(text))
  const columns = { ring_version: sealed.ringVersion, sealed: sealed.text, expires_at: expiresAt }
  await tx
    .insertInto('seals')
    .values({ id, workspace_id: workspaceId, version, ...columns })
    .onConflict(on => on.column('id').doUpdateSet(columns))
    .execute()
}

/** What a row holds, or a fault when it does not open. */
export function openSeal(vault: Vault, row: SealRow): Secret | Fault {
  const subject = { workspaceId: row.workspace_id, connectionId: row.id, version: row.version }
  return vault.open(subject, { ringVersion: row.ring_version, text: row.sealed })
}
