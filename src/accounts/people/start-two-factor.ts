import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { putSeal } from '../../vault/sealed-rows.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { confirmPassword } from './confirm-password.ts'
import { oneTimeCodes } from './one-time-code.ts'

const lifetimeMs = 15 * 60_000

/** A secret for an authenticator app. It counts once a code proves that the app has it; a former one counts until then. */
export async function startTwoFactor(
  app: App,
  person: PersonPrincipal,
  { password, origin }: { password: string; origin: Origin },
): Promise<{ secret: string; uri: string } | Fault> {
  const known = await confirmPassword(app, person, { password, origin })
  if (known instanceof Fault) return known
  const codes = await oneTimeCodes()
  const secret = codes.newSecret()
  const expiresAt = app.clock.now() + lifetimeMs
  await app.db.write(tx =>
    putSeal(tx, app.vault, { id: waitingSecretId(known.id), workspaceId: '', text: secret, expiresAt }),
  )
  return { secret, uri: codes.uri(secret, known.email) }
}

export const waitingSecretId = (personId: string) => `${personId}_waiting`
