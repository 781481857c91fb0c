import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Origin, PersonPrincipal } from '../principal.ts'
import { confirmPassword } from './confirm-password.ts'
import { findInvitation } from './invitation.ts'
import { isOidcReady, redirectUri, withOidc } from './oidc.ts'
import { type OidcState, sealState } from './oidc-state.ts'

/** How long somebody may take at the provider. */
export const oidcLastsMs = 10 * 60_000

/** What a browser asks for: an invitation to accept, and the page to open afterwards; with the password, to link an account. */
export type OidcStart = { invitation?: string | undefined; to?: string | undefined; password?: string | undefined }

/** Whoever is signed in, and where. */
type Linking = { person: PersonPrincipal; origin: Origin }

/**
 * Where to send a browser so that its person signs in at the OpenID provider, and what that browser has to keep meanwhile.
 * With an invitation: to accept it. With a person who is signed in: to let them sign in this way from then on, which takes
 * their password, or whoever has their session for a minute would have their account for good.
 */
export async function startOidcSignIn(
  app: App,
  { invitation, to, password, linking }: OidcStart & { linking?: Linking | undefined } = {},
): Promise<{ location: string; state: Secret } | Fault> {
  const { config, clock, db, vault, log } = app
  if (!isOidcReady(config))
    return new Fault('not_found', 'No single sign-on is set up here.', {
      fix: 'Whoever runs ClawLink sets CLAWLINK_OIDC_ISSUER and CLAWLINK_OIDC_CLIENT_ID.',
    })
  const now = clock.now()
  if (linking) {
    if (password === undefined) return noPassword()
    const person = await confirmPassword(app, linking.person, { password, origin: linking.origin })
    if (person instanceof Fault) return person
  } else if (invitation !== undefined) {
    const found = await findInvitation(db.read, now, invitation)
    if (found instanceof Fault) return found
  }
  try {
    return await withOidc(app, async client => {
      const kept: OidcState = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
        expiresAt: now + oidcLastsMs,
        ...(linking ? { linkTo: linking.person.personId } : invitation !== undefined && { invitation }),
        ...(to !== undefined && { to }),
      }
      const location = client.buildAuthorizationUrl(client.provider, {
        redirect_uri: redirectUri(app),
        scope: 'openid email profile',
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(kept.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { location: location.href, state: sealState(vault, kept) }
    })
  } catch (cause) {
    log.warn({ problem: cause instanceof Error ? cause.message : '' }, 'the OpenID provider cannot be used')
    return new Fault('provider_unavailable', 'The single sign-on does not answer as it should.', {
      fix: 'Sign in with a password, or try again later. The log says more.',
    })
  }
}

function noPassword(): Fault {
  return new Fault('validation_error', 'Linking an account takes your password once more.', {
    missingFields: ['password'],
    fix: 'Send `password` with it. To sign in as somebody else, sign out first.',
  })
}
