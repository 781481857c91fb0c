import type { PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Auth } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import { type Connection, connectionOf } from '../connection.ts'
import { needsApp } from '../oauth-apps/registrations.ts'
import { type FieldsAuth, proveFields } from '../prove-fields.ts'
import { boundSession } from './bound-session.ts'
import { recordProblem } from './end-session.ts'
import { finishConnecting } from './finish-connecting.ts'
import { type ChosenWay, chooseWay, type TryWish } from './prepare-try.ts'

const isByFields = (auth: Auth): auth is FieldsAuth => !needsApp(auth)

/**
 * Connects with what the person typed or pasted in. It is tried at the provider before anything is stored; what is wrong is
 * told by field, and the person may try again.
 */
export async function submitConnectSession(
  app: App,
  person: PersonPrincipal,
  { id, wish, address }: { id: string; wish: TryWish; address: string },
): Promise<{ state: 'connected'; connection: Connection } | Fault> {
  const bound = await boundSession(app, person, id)
  if (bound instanceof Fault) return bound
  const chosen = await chooseWay(app, bound.row, wish, isByFields)
  if (chosen instanceof Fault) return chosen
  const { provider, auth, typed, label, makeDefault } = chosen
  const proven = await proveFields(app, provider, auth, typed)
  if (proven instanceof Fault) return recordProblem(app, bound.row, byField(chosen, proven))
  const saved = await finishConnecting(app, bound, { ...proven, provider, label, makeDefault }, address)
  if (saved instanceof Fault) return recordProblem(app, bound.row, saved)
  return { state: 'connected', connection: connectionOf(app, saved) }
}

/** A credential that the provider refuses is wrong in its secret fields: the page shows it there. */
function byField({ auth, typed }: ChosenWay<FieldsAuth>, fault: Fault): Fault {
  const { code, message, fix, details } = fault
  if (code !== 'authentication_failed' || details.invalidFields) return fault
  const secret = Object.keys(auth.fields).filter(name => auth.fields[name]?.secret && typed[name])
  const invalidFields = secret.map(field => ({ field, problem: 'was refused by the provider' }))
  return invalidFields.length ? new Fault('validation_error', message, { ...details, fix, invalidFields }) : fault
}
