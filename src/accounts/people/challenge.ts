import { hash, randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { PersonRow, Schema } from '../../db/schema.ts'
import { openSeal, putSeal } from '../../vault/sealed-rows.ts'
import type { Vault } from '../../vault/vault.ts'

const lifetimeMs = 5 * 60_000
const triesMax = 5

/**
 * Somebody who proved the first factor. The hash of the password's hash: another password ends it. `invitationId`: what they
 * came to accept, once they have proved the second one too.
 */
type Asked = { personId: string; passwordHash: string; triesLeft: number; invitationId?: string | undefined }

/** Asks for the second factor: 192 random bits that stand for the first one for five minutes and five tries. */
export async function startChallenge(
  tx: Transaction<Schema>,
  vault: Vault,
  nowMs: number,
  person: PersonRow,
  invitationId?: string,
): Promise<Secret> {
  const token = `clc_${randomBytes(24).toString('hex')}`
  const asked: Asked = { personId: person.id, passwordHash: fingerprint(person), triesLeft: triesMax, invitationId }
  await putSeal(tx, vault, {
    id: rowId(token),
    workspaceId: '',
    text: JSON.stringify(asked),
    expiresAt: nowMs + lifetimeMs,
  })
  return new Secret(token)
}

/** Uses up one try; who it is for, or undefined when there is no such challenge any more. */
export async function takeChallengeTry(
  tx: Transaction<Schema>,
  vault: Vault,
  nowMs: number,
  token: string,
): Promise<Asked | undefined> {
  if (!/^clc_[0-9a-f]{48}$/.test(token)) return undefined
  // Locks the row on PostgreSQL until the transaction ends; on SQLite writers take turns anyway.
  const row = await tx
    .updateTable('seals')
    .set(q => ({ version: q.ref('version') }))
    .where('id', '=', rowId(token))
    .where('expires_at', '>', nowMs)
    .returningAll()
    .executeTakeFirst()
  const opened = row && openSeal(vault, row)
  if (!opened || opened instanceof Fault) return undefined
  const asked: Asked = JSON.parse(opened.reveal())
  const triesLeft = asked.triesLeft - 1
  if (triesLeft <= 0) await endChallenge(tx, token)
  else {
    const text = JSON.stringify({ ...asked, triesLeft })
    await putSeal(tx, vault, { id: row.id, workspaceId: '', text, expiresAt: row.expires_at })
  }
  return asked
}

export async function endChallenge(tx: Transaction<Schema>, token: string): Promise<void> {
  await tx.deleteFrom('seals').where('id', '=', rowId(token)).execute()
}

export const isFor = (asked: Asked, person: PersonRow) => asked.passwordHash === fingerprint(person)

const rowId = (token: string) => `challenge_${hash('sha256', token)}`
const fingerprint = ({ password_hash }: PersonRow) => hash('sha256', password_hash)
