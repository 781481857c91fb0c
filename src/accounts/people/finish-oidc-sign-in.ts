import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { isPlainText } from '../plain-text.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { acceptByOidc } from './accept-by-oidc.ts'
import { beginSession, type SignedIn } from './begin-session.ts'
import { startChallenge } from './challenge.ts'
import { linkOidc } from './link-oidc.ts'
import { redirectUri, withOidc } from './oidc.ts'
import type { OidcState } from './oidc-state.ts'
import type { CodeNeeded } from './sign-in.ts'

/** Who the provider says that somebody is. `subject`: its issuer and its own name for the person. */
export type OidcProfile = { subject: string; email: string; isEmailVerified: boolean; name: string }

/**
 * The way back from the OpenID provider (OpenID Connect Core 1.0, 3.1.3): the code is exchanged once, and the answer counts
 * only for the browser that asked. Nobody gets an account here by this alone: it takes an invitation.
 */
export async function finishOidcSignIn(
  app: App,
  {
    state,
    search,
    person,
    origin,
  }: { state: OidcState | undefined; search: string; person: PersonPrincipal | undefined; origin: Origin },
): Promise<SignedIn | CodeNeeded | { status: 'linked' } | Fault> {
  const { clock, vault, db, memory } = app
  if (!state) return failed()
  const profile = await profileOf(app, state, search)
  if (profile instanceof Fault) return profile
  const now = clock.now()
  if (state.linkTo !== undefined) {
    if (person?.personId !== state.linkTo) return failed()
    return linkOidc(db, now, { person, subject: profile.subject, origin })
  }
  const known = await db.write(async tx => {
    const row = await tx.selectFrom('people').selectAll().where('oidc_subject', '=', profile.subject).executeTakeFirst()
    if (!row || state.invitation !== undefined) return row
    if (row.two_factor)
      return { status: 'second_factor' as const, challenge: await startChallenge(tx, vault, now, row) }
    return beginSession(tx, now, { person: row, origin, by: 'single sign-on' })
  })
  if (known && 'status' in known) return known
  const accepted = await acceptByOidc(app, { profile, known, invitation: state.invitation, origin })
  memory.sessions.clear()
  return accepted
}

async function profileOf(app: App, state: OidcState, search: string): Promise<OidcProfile | Fault> {
  try {
    return await withOidc(app, async client => {
      const tokens = await client.authorizationCodeGrant(client.provider, new URL(`${redirectUri(app)}${search}`), {
        pkceCodeVerifier: state.codeVerifier,
        expectedState: state.state,
        expectedNonce: state.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (!claims) throw new Error('The provider sent no ID token.')
      const asks = claims.email === undefined && client.provider.serverMetadata().userinfo_endpoint !== undefined
      const more = asks ? await client.fetchUserInfo(client.provider, tokens.access_token, claims.sub) : {}
      const { email, email_verified, name }: Record<string, unknown> = { ...claims, ...more }
      return {
        subject: `${claims.iss} ${claims.sub}`,
        email: typeof email === 'string' ? email : '',
        // Some providers send it as a text.
        isEmailVerified: String(email_verified) === 'true',
        name: typeof name === 'string' && isPlainText(name, 80) ? name : '',
      }
    })
  } catch (cause) {
    // Never the cause itself: it may hold what the provider answered.
    app.log.warn({ problem: cause instanceof Error ? cause.message : '' }, 'a single sign-on failed')
    return failed()
  }
}

function failed(): Fault {
  return new Fault('unauthorized', 'The single sign-on did not work, or took too long.', { fix: 'Begin again.' })
}
