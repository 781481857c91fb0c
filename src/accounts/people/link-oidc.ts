import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'

/** Lets a person who is signed in sign in at the OpenID provider too. An email alone never does that: anybody can claim one. */
export async function linkOidc(
  db: Db,
  nowMs: number,
  { person, subject, origin }: { person: PersonPrincipal; subject: string; origin: Origin },
): Promise<{ status: 'linked' } | Fault> {
  return db.write(async tx => {
    const { numUpdatedRows } = await tx
      .updateTable('people')
      .set({ oidc_subject: subject })
      .where('id', '=', person.personId)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('people as other').select('other.id').where('other.oidc_subject', '=', subject))),
      )
      .executeTakeFirst()
    if (!numUpdatedRows)
      return new Fault('conflict', 'Somebody here signs in with that account already.', {
        fix: 'Use another account at the provider.',
      })
    await recordAudit(tx, nowMs, {
      workspaceId: '',
      actor: personActor(person),
      action: 'single_sign_on.linked',
      target: person.personId,
      address: origin.address,
    })
    return { status: 'linked' }
  })
}
