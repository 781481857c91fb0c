import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { PersonRow } from '../../db/schema.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { claimTry, forgiveTries, recordWrongTry, returnTry } from './sign-in-try.ts'

/** The person, once more by password, before something that a stolen session alone must not do. Wrong ones count as at sign-in. */
export async function confirmPassword(
  { db, clock, passwords }: App,
  { personId }: PersonPrincipal,
  { password, origin }: { password: string; origin: Origin },
): Promise<PersonRow | Fault> {
  const now = clock.now()
  const known = await db.read.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirstOrThrow()
  if (known.password_hash === '')
    return new Fault('conflict', 'You have no password here: you sign in elsewhere.', {
      fix: 'Passwords and one-time codes are set up where you sign in.',
    })
  const person = await db.write(tx => claimTry(tx, now, { id: personId }))
  const fits = await passwords.fits(password, person?.password_hash ?? '')
  return db.write(async tx => {
    if (fits instanceof Fault) {
      if (person) await returnTry(tx, person)
      return fits
    }
    if (person && fits && (await forgiveTries(tx, person))) return person
    await recordWrongTry(tx, now, { person, origin, step: 'password' })
    return new Fault('forbidden', 'This is not your password, or there were too many tries.', {
      fix: 'Check it. After ten wrong tries none is taken for a minute, then for longer each time.',
    })
  })
}
