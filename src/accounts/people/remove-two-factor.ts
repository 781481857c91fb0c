import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { confirmPassword } from './confirm-password.ts'
import { endOtherSessions } from './end-other-sessions.ts'
import { waitingSecretId } from './start-two-factor.ts'

/** Turns one-time codes off and forgets the secret and the recovery codes. Every other session ends. */
export async function removeTwoFactor(
  app: App,
  person: PersonPrincipal,
  { password, origin }: { password: string; origin: Origin },
): Promise<Fault | undefined> {
  const known = await confirmPassword(app, person, { password, origin })
  if (known instanceof Fault) return known
  const now = app.clock.now()
  await app.db.write(async tx => {
    await tx
      .deleteFrom('seals')
      .where('id', 'in', [known.id, waitingSecretId(known.id)])
      .execute()
    const { numUpdatedRows } = await tx
      .updateTable('people')
      .set({ two_factor: 0, totp_last_step: 0, recovery_hashes: '[]' })
      .where('id', '=', known.id)
      .where('two_factor', '=', 1)
      .executeTakeFirst()
    if (!numUpdatedRows) return
    const sessionsEnded = await endOtherSessions(tx, now, person)
    await recordAudit(tx, now, {
      workspaceId: '',
      actor: personActor(person),
      action: 'two_factor.off',
      target: known.id,
      address: origin.address,
      details: { sessionsEnded },
    })
  })
  app.memory.sessions.clear()
  return undefined
}
