import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { EndpointRow, Schema } from '../db/schema.ts'
import { findSealed, putSeal } from '../vault/sealed-rows.ts'
import type { Vault } from '../vault/vault.ts'
import { newSigningSecret } from './signature.ts'

/** How many sign at once, however often the secret is replaced within the overlap. */
const secretsMax = 3

/** Newest first; the newest alone has no end. */
type Kept = { secret: string; until?: number }[]

type Owner = Pick<EndpointRow, 'id' | 'workspace_id'>

/** Gives an endpoint a new secret; those before it sign too until `oldUntil` (Unix ms). */
export async function renewSecret(
  tx: Transaction<Schema>,
  vault: Vault,
  endpoint: Owner,
  { nowMs, oldUntil }: { nowMs: number; oldUntil: number },
): Promise<Secret> {
  const before = await keptSecrets(tx, vault, endpoint)
  const old = before instanceof Fault ? [] : before.filter(each => isValid(each, nowMs))
  const secret = newSigningSecret()
  const ending = old.map(each => ({ ...each, until: Math.min(each.until ?? oldUntil, oldUntil) }))
  const kept: Kept = [{ secret }, ...ending.filter(({ until }) => until > nowMs)].slice(0, secretsMax)
  await putSeal(tx, vault, { id: endpoint.id, workspaceId: endpoint.workspace_id, text: JSON.stringify(kept) })
  return new Secret(secret)
}

/** The secrets that sign at this time, or a fault when they cannot be opened. */
export async function signingSecrets(
  db: Kysely<Schema>,
  vault: Vault,
  endpoint: Owner,
  nowMs: number,
): Promise<Secret[] | Fault> {
  const kept = await keptSecrets(db, vault, endpoint)
  return kept instanceof Fault
    ? kept
    : kept.filter(each => isValid(each, nowMs)).map(({ secret }) => new Secret(secret))
}

const isValid = ({ until }: Kept[number], nowMs: number) => until === undefined || until > nowMs

async function keptSecrets(db: Kysely<Schema>, vault: Vault, { id, workspace_id }: Owner): Promise<Kept | Fault> {
  const opened = await findSealed(db, vault, { id, workspaceId: workspace_id })
  if (!opened || opened instanceof Fault) return opened ?? []
  return JSON.parse(opened.reveal()) // sealed by `renewSecret` alone
}
