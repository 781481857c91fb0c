import type { Transaction } from 'kysely'
import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { PersonRow, Schema } from '../../db/schema.ts'
import type { Origin } from '../principal.ts'
import { beginSession, type SignedIn } from './begin-session.ts'
import { endChallenge, isFor, takeChallengeTry } from './challenge.ts'
import { findInvitationById } from './invitation.ts'
import { joinWorkspace } from './join-workspace.ts'
import { oneTimeCodes } from './one-time-code.ts'
import { claimTry, forgiveTries, recordWrongTry } from './sign-in-try.ts'
import { useCode } from './use-code.ts'

/**
 * The second half of a sign-in: a one-time code or a recovery code for the challenge of the first half. Wrong codes count
 * like wrong passwords, so that new challenges give no more tries. One answer for every reason. Who came with an invitation
 * joins now; one that cannot be accepted any more is told, and signs nobody in, as without a second factor.
 */
export async function answerSecondFactor(
  { db, clock, vault, memory }: App,
  { challenge, code, origin }: { challenge: string; code: string; origin: Origin },
): Promise<SignedIn | Fault> {
  const codes = await oneTimeCodes()
  const now = clock.now()
  const done = await db.write(async tx => {
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
    const unmet = asked.invitationId && (await accept(tx, now, { id: asked.invitationId, person, origin }))
    return unmet || beginSession(tx, now, { person, origin, by: used })
  })
  if (!(done instanceof Fault)) memory.sessions.clear()
  return done
}

async function accept(
  tx: Transaction<Schema>,
  nowMs: number,
  { id, person, origin }: { id: string; person: PersonRow; origin: Origin },
): Promise<Fault | undefined> {
  const invitation = await findInvitationById(tx, nowMs, id)
  return invitation instanceof Fault ? invitation : joinWorkspace(tx, nowMs, { invitation, person, origin })
}

function refused(): Fault {
  return new Fault('unauthorized', 'This code is not right, was used before, or came too late.', {
    fix: 'Try the next code, or a recovery code. After five wrong codes, or five minutes, begin again with the password.',
  })
}
