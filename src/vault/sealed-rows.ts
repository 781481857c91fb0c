import type { Kysely, Transaction } from 'kysely'
import type { Fault } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { Db } from '../db/db.ts'
import type { Schema, SealRow } from '../db/schema.ts'
import type { Vault } from './vault.ts'

/** Under which id, and for how long: Unix milliseconds, or for ever. */
type Place = { id: string; workspaceId: string; expiresAt?: number | null }

/** A text that is stored sealed under an id, such as a parked call's arguments. Storing again replaces it. */
export async function putSeal(
  tx: Transaction<Schema>,
  vault: Vault,
  { text, ...place }: Place & { text: string },
): Promise<void> {
  const { ring_version, sealed, expires_at, ...key } = rowOf(vault, place, text)
  const columns = { ring_version, sealed, expires_at }
  await tx
    .insertInto('seals')
    .values({ ...key, ...columns })
    .onConflict(on => on.column('id').doUpdateSet(columns))
    .execute()
}

/** What is sealed under this id, made by whoever needs it first: what counts is what the database holds afterwards. */
export async function sealOnce(db: Db, vault: Vault, place: Place, make: () => string): Promise<Secret | Fault> {
  const known = await findSealed(db.read, vault, place)
  if (known) return known
  const row = rowOf(vault, place, make())
  return db.write(async tx => {
    await tx
      .insertInto('seals')
      .values(row)
      .onConflict(on => on.doNothing())
      .execute()
    const kept = await findSealed(tx, vault, place)
    if (!kept) throw new Error(`what is sealed as ${place.id} is another workspace's`)
    return kept
  })
}

function rowOf(vault: Vault, { id, workspaceId, expiresAt = null }: Place, text: string): SealRow {
  const version = 1
  const sealed = vault.seal({ workspaceId, connectionId: id, version }, new Secret(text))
  return {
    id,
    workspace_id: workspaceId,
    version,
    ring_version: sealed.ringVersion,
    sealed: sealed.text,
    expires_at: expiresAt,
  }
}

/** What is sealed under this id in this workspace: undefined when nothing is, a fault when it does not open. */
export async function findSealed(
  db: Kysely<Schema>,
  vault: Vault,
  { id, workspaceId }: Pick<Place, 'id' | 'workspaceId'>,
): Promise<Secret | Fault | undefined> {
  const row = await db
    .selectFrom('seals')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  return row && openSeal(vault, row)
}

/** What a row holds, or a fault when it does not open. */
export function openSeal(vault: Vault, row: SealRow): Secret | Fault {
  const subject = { workspaceId: row.workspace_id, connectionId: row.id, version: row.version }
  return vault.open(subject, { ringVersion: row.ring_version, text: row.sealed })
}
