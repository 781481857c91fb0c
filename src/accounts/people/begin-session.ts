import type { Transaction } from 'kysely'
import type { Secret } from '../../core/secret.ts'
import type { PersonRow, Schema } from '../../db/schema.ts'
import { recordAudit } from '../audit.ts'
import type { Origin } from '../principal.ts'
import { startSession } from '../sessions.ts'

/** `token` is the value of the session cookie; `expiresAt` in Unix milliseconds. */
export type SignedIn = { status: 'signed_in'; token: Secret; expiresAt: number }

/** How somebody proved who they are. */
export type Proof = 'password' | 'one-time code' | 'recovery code' | 'invitation' | 'single sign-on'

/** Starts a session of a person who has proved everything, writes that down, and drops the person's sessions that are over. */
export async function beginSession(
  tx: Transaction<Schema>,
  nowMs: number,
  { person, origin, by }: { person: Pick<PersonRow, 'id' | 'name'>; origin: Origin; by: Proof },
): Promise<SignedIn> {
  await tx
    .deleteFrom('sessions')
    .where('person_id', '=', person.id)
    .where(q => q.or([q('expires_at', '<=', nowMs), q('revoked_at', 'is not', null)]))
    .execute()
  const { id, token, expiresAt } = await startSession(tx, nowMs, { personId: person.id, origin })
  await recordAudit(tx, nowMs, {
    workspaceId: '',
    actor: { kind: 'person', id: person.id, name: person.name },
    action: 'session.started',
    target: id,
    address: origin.address,
    details: { by },
  })
  return { status: 'signed_in', token, expiresAt }
}
