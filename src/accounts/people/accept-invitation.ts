import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import type { SignedIn } from './begin-session.ts'
import { checkName } from './check-name.ts'
import { checkPassword } from './check-password.ts'
import { createPerson } from './create-person.ts'
import { normaliseEmail } from './email.ts'
import { findInvitation } from './invitation.ts'
import { badEmail } from './invite.ts'
import { joinWorkspace } from './join-workspace.ts'

/** An invitation, accepted by whoever is signed in. */
export async function acceptInvitation(
  { db, clock, memory }: App,
  { person, token, origin }: { person: PersonPrincipal; token: string; origin: Origin },
): Promise<Fault | undefined> {
  const now = clock.now()
  const { personId: id, name, email } = person
  const refused = await db.write(async tx => {
    const invitation = await findInvitation(tx, now, token)
    if (invitation instanceof Fault) return invitation
    return joinWorkspace(tx, now, { invitation, person: { id, name, email }, origin })
  })
  memory.sessions.clear()
  return refused
}

export type NewPerson = {
  token: string
  email?: string | undefined
  name?: string | undefined
  password?: string | undefined
}

/** An invitation, accepted by somebody new, who is signed in from then on. An address that has an account signs in first. */
export async function acceptAsNewPerson(
  app: App,
  { token, email: given, name, password, origin }: NewPerson & { origin: Origin },
): Promise<SignedIn | Fault> {
  const { db, clock, passwords } = app
  const invitation = await findInvitation(db.read, clock.now(), token)
  if (invitation instanceof Fault) return invitation
  const wanted = given ?? (invitation.email || undefined)
  if (wanted === undefined || name === undefined || password === undefined)
    return incomplete({ email: wanted, name, password })
  const email = normaliseEmail(wanted)
  if (email === undefined) return badEmail()
  const bad = checkName(name) ?? checkPassword(password, email)
  if (bad) return bad
  const password_hash = await passwords.hash(password)
  if (password_hash instanceof Fault) return password_hash
  const who = { email, name: name.trim(), password_hash, oidc_subject: null }
  return createPerson(db, clock.now(), { who, invitation, origin, by: 'invitation' })
}

function incomplete(parts: Record<string, string | undefined>): Fault {
  const missingFields = Object.keys(parts).filter(field => parts[field] === undefined)
  return new Fault('validation_error', `A new account needs ${missingFields.join(', ')}.`, {
    missingFields,
    fix: 'Send these fields, or sign in first to accept with an account that exists.',
  })
}
