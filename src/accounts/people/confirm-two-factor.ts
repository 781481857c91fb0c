import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { openSeal, putSeal } from '../../vault/sealed-rows.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { endOtherSessions } from './end-other-sessions.ts'
import { oneTimeCodes } from './one-time-code.ts'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts'
import { waitingSecretId } from './start-two-factor.ts'

/** Turns one-time codes on. The recovery codes exist only in what this returns. Every other session ends. */
export async function confirmTwoFactor(
  app: App,
  person: PersonPrincipal,
  { code, origin }: { code: string; origin: Origin },
): Promise<{ recoveryCodes: string[] } | Fault> {
  const { db, vault, clock, memory } = app
  const codes = await oneTimeCodes()
  const now = clock.now()
  const done = await db.write(async tx => {
    const waiting = waitingSecretId(person.personId)
    const row = await tx
      .selectFrom('seals')
      .selectAll()
      .where('id', '=', waiting)
      .where('expires_at', '>', now)
      .executeTakeFirst()
    if (!row)
      return new Fault('conflict', 'No authenticator app is being set up, or that took too long.', {
        fix: 'Begin again: `POST /me/totp` gives a new secret.',
      })
    const secret = openSeal(vault, row)
    if (secret instanceof Fault) return secret
    const step = codes.stepOf(code.replace(/\s/g, ''), secret.reveal(), now)
    if (step === undefined) return wrongCode()
    const recoveryCodes = newRecoveryCodes()
    await putSeal(tx, vault, { id: person.personId, workspaceId: '', text: secret.reveal() })
    await tx.deleteFrom('seals').where('id', '=', waiting).execute()
    await tx
      .updateTable('people')
      .set({
        two_factor: 1,
        totp_last_step: step,
        recovery_hashes: JSON.stringify(recoveryCodes.map(hashRecoveryCode)),
      })
      .where('id', '=', person.personId)
      .execute()
    const sessionsEnded = await endOtherSessions(tx, now, person)
    await recordAudit(tx, now, {
      workspaceId: '',
      actor: personActor(person),
      action: 'two_factor.on',
      target: person.personId,
      address: origin.address,
      details: { sessionsEnded },
    })
    return { recoveryCodes }
  })
  memory.sessions.clear()
  return done
}

function wrongCode(): Fault {
  return new Fault('validation_error', 'This is not the code that the app shows now.', {
    invalidFields: [{ field: 'code', problem: 'is not right' }],
    fix: 'Type the present code. If it never fits, set the clock of the device.',
  })
}
