import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { personActor, recordAudit } from '../audit.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { checkPassword } from './check-password.ts'
import { confirmPassword } from './confirm-password.ts'
import { endOtherSessions } from './end-other-sessions.ts'

/** A new password for who knows the present one. Every other session of the person ends; this one goes on. */
export async function changePassword(
  app: App,
  person: PersonPrincipal,
  { current, next, origin }: { current: string; next: string; origin: Origin },
): Promise<{ sessionsEnded: number } | Fault> {
  const bad = checkPassword(next, person.email, 'next')
  if (bad) return bad
  const known = await confirmPassword(app, person, { password: current, origin })
  if (known instanceof Fault) return known
  const password_hash = await app.passwords.hash(next)
  if (password_hash instanceof Fault) return password_hash
  const now = app.clock.now()
  const changed = await app.db.write(async tx => {
    const { numUpdatedRows } = await tx
      .updateTable('people')
      .set({ password_hash })
      .where('id', '=', known.id)
      .where('password_hash', '=', known.password_hash)
      .executeTakeFirst()
    if (!numUpdatedRows) return new Fault('conflict', 'The password was changed elsewhere at the same moment.')
    const sessionsEnded = await endOtherSessions(tx, now, person)
    await recordAudit(tx, now, {
      workspaceId: '',
      actor: personActor(person),
      action: 'password.changed',
      target: known.id,
      address: origin.address,
      details: { sessionsEnded },
    })
    return { sessionsEnded }
  })
  app.memory.sessions.clear()
  return changed
}
