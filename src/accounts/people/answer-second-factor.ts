import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Origin } from '../principal.ts'
import { beginSession, type SignedIn } from './begin-session.ts'
import { endChallenge, isFor, takeChallengeTry } from './challenge.ts'
import { oneTimeCodes } from './one-time-code.ts'
import { claimTry, forgiveTries, recordWrongTry } from './sign-in-try.ts'
import { useCode } from './use-code.ts'

/**
 * The second half of a sign-in: a one-time code or a recovery code for the challenge of the first half. Wrong codes count
 * like wrong passwords, so that new challenges give no more tries. One answer for every reason.
 */
export async function answerSecondFactor(
  { db, clock, vault }: App,
  { challenge, code, origin }: { challenge: string; code: string; origin: Origin },
): Promise<SignedIn | Fault> {
  const codes = await oneTimeCodes()
  const now = clock.now()
  return db.write(async tx => {
    const asked = await takeChallengeTry(tx, vault, now, challenge)
    if (!asked) return refused()
    const person = await claimTry(tx, now, { id: asked.personId })
    if (!person || !isFor(asked, person)) return refused()
    const used = await useCode(tx, now, { vault, codes, person, code })
    if (!used) {
      await recordWrongTry(tx, now, { person, origin, step: 'code' })
      return refused()
    }
    await forgiveTries(tx, person)
    await endChallenge(tx, challenge)
    return beginSession(tx, now, { person, origin, by: used })
  })
}

function refused(): Fault {
  return new Fault('unauthorized', 'This code is not right, was used before, or came too late.', {
    fix: 'Try the next code, or a recovery code. After five wrong codes, or five minutes, begin again with the password.',
  })
}
