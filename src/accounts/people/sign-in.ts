import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Origin } from '../principal.ts'
import { beginSession, type SignedIn } from './begin-session.ts'
import { startChallenge } from './challenge.ts'
import { normaliseEmail } from './email.ts'
import { claimTry, forgiveTries, recordWrongTry, returnTry } from './sign-in-try.ts'

/** The password was right; the challenge and a code together sign in. */
export type CodeNeeded = { status: 'second_factor'; challenge: Secret }

/**
 * Signs a person in by email and password. One answer, and the same work, whether there is no such person, one without a
 * password, a locked account or a wrong password: nothing to enumerate.
 */
export async function signIn(
  app: App,
  { email, password, origin }: { email: string; password: string; origin: Origin },
): Promise<SignedIn | CodeNeeded | Fault> {
  const { db, clock, passwords, vault } = app
  const now = clock.now()
  const person = await db.write(tx => claimTry(tx, now, { email: normaliseEmail(email) ?? '' }))
  const fits = await passwords.fits(password, person?.password_hash ?? '')
  return db.write(async tx => {
    if (fits instanceof Fault) {
      if (person) await returnTry(tx, person)
      return fits
    }
    if (person && fits) {
      if (person.two_factor) {
        await returnTry(tx, person)
        return { status: 'second_factor', challenge: await startChallenge(tx, vault, now, person) }
      }
      if (await forgiveTries(tx, person)) return beginSession(tx, now, { person, origin, by: 'password' })
    }
    await recordWrongTry(tx, now, { person, origin, step: 'password' })
    return refused()
  })
}

function refused(): Fault {
  return new Fault(
    'unauthorized',
    'This email and this password do not belong together, or there were too many tries.',
    {
      fix: 'Check both. After ten wrong tries an account takes none for a minute, then for longer each time.',
    },
  )
}
