import { Fault } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Db } from '../../db/db.ts'
import type { InvitationRow, PersonRow } from '../../db/schema.ts'
import { recordAudit } from '../audit.ts'
import type { Origin } from '../principal.ts'
import { beginSession, type Proof, type SignedIn } from './begin-session.ts'
import { joinWorkspace } from './join-workspace.ts'

/** A new person, who joins by this invitation and is signed in: all of it or, with a fault, nothing. */
export async function createPerson(
  db: Db,
  nowMs: number,
  {
    who,
    invitation,
    origin,
    by,
  }: {
    who: Pick<PersonRow, 'email' | 'name' | 'password_hash' | 'oidc_subject'>
    invitation: InvitationRow
    origin: Origin
    by: Proof
  },
): Promise<SignedIn | Fault> {
  const person: PersonRow = {
    id: newId('usr', nowMs),
    ...who,
    two_factor: 0,
    totp_last_step: 0,
    recovery_hashes: '[]',
    failures: 0,
    locked_until: 0,
    created_at: nowMs,
  }
  return db.write(async tx => {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('people')
      .values(person)
      .onConflict(on => on.doNothing())
      .executeTakeFirst()
    if (!numInsertedOrUpdatedRows) return accountExists()
    const refused = await joinWorkspace(tx, nowMs, { invitation, person, origin })
    if (refused) {
      await tx.deleteFrom('people').where('id', '=', person.id).execute()
      return refused
    }
    await recordAudit(tx, nowMs, {
      workspaceId: '',
      actor: { kind: 'person', id: person.id, name: person.name },
      action: 'person.created',
      target: person.id,
      address: origin.address,
    })
    return beginSession(tx, nowMs, { person, origin, by })
  })
}

function accountExists(): Fault {
  return new Fault('conflict', 'There is an account with this email address.', {
    fix: 'Sign in with it first, then open the invitation again.',
  })
}
