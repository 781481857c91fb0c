import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Db } from '../../db/db.ts'
import type { InvitationRow, PersonRow } from '../../db/schema.ts'
import type { Origin } from '../principal.ts'
import { beginSession, type SignedIn } from './begin-session.ts'
import { startChallenge } from './challenge.ts'
import { createPerson } from './create-person.ts'
import { normaliseEmail } from './email.ts'
import type { OidcProfile } from './finish-oidc-sign-in.ts'
import { findInvitation } from './invitation.ts'
import { cannotJoin, joinWorkspace } from './join-workspace.ts'
import type { CodeNeeded } from './sign-in.ts'

type Arriving = { profile: OidcProfile; known: PersonRow | undefined; invitation: string | undefined; origin: Origin }

/**
 * An invitation, accepted by signing in at the OpenID provider: the one whose link was opened, else the newest that is for
 * this address. An invitation for an address needs that address, and the provider's word that it is the person's.
 */
export async function acceptByOidc(
  { db, clock, vault }: App,
  { profile, known, invitation: token, origin }: Arriving,
): Promise<SignedIn | CodeNeeded | Fault> {
  const now = clock.now()
  const email = normaliseEmail(profile.email)
  const verified = profile.isEmailVerified ? email : undefined
  const invitation =
    token === undefined ? await newestFor(db, now, verified) : await findInvitation(db.read, now, token)
  if (invitation instanceof Fault) return invitation
  if (known && invitation) {
    return db.write(async tx => {
      const joining = { invitation, person: known }
      const refused = await (known.two_factor
        ? cannotJoin(tx, joining)
        : joinWorkspace(tx, now, { ...joining, origin }))
      if (refused) return refused
      if (known.two_factor)
        return { status: 'second_factor', challenge: await startChallenge(tx, vault, now, known, invitation.id) }
      return beginSession(tx, now, { person: known, origin, by: 'single sign-on' })
    })
  }
  if (!invitation || email === undefined || !isFor(invitation, verified)) return notInvited()
  const name = profile.name || email
  const who = { email, name, password_hash: '', oidc_subject: profile.subject }
  return createPerson(db, now, { who, invitation, origin, by: 'single sign-on' })
}

async function newestFor(db: Db, now: number, email: string | undefined): Promise<InvitationRow | undefined> {
  if (email === undefined) return undefined
  return db.read
    .selectFrom('invitations')
    .selectAll()
    .where('email', '=', email)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('id', 'desc')
    .executeTakeFirst()
}

const isFor = ({ email }: InvitationRow, verified: string | undefined) => email === '' || email === verified

function notInvited(): Fault {
  return new Fault('forbidden', 'You have no account here, and nobody invited this address.', {
    fix: 'Ask an owner or admin for an invitation, or sign in with a password first and link this account.',
  })
}
