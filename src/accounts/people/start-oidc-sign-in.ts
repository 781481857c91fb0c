import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { PersonPrincipal } from '../principal.ts'
import { findInvitation } from './invitation.ts'
import { isOidcReady, redirectUri, withOidc } from './oidc.ts'
import { type OidcState, sealState } from './oidc-state.ts'

/** How long somebody may take at the provider. */
export const oidcLastsMs = 10 * 60_000

/** What a browser asks for: an invitation to accept, and the page to open afterwards. */
export type OidcStart = { invitation?: string | undefined; to?: string | undefined }

/**
 * Where to send a browser so that its person signs in at the OpenID provider, and what that browser has to keep meanwhile.
 * With an invitation: to accept it. With a person who is signed in: to let them sign in this way from then on.
 */
export async function startOidcSignIn(
  app: App,
  { invitation, to, person }: OidcStart & { person?: PersonPrincipal | undefined } = {},
): Promise<{ location: string; state: Secret } | Fault> {
  const { config, clock, db, vault, log } = app
  if (!isOidcReady(config))
    return new Fault('not_found', 'No single sign-on is set up here.', {
      fix: 'Whoever runs ClawLink sets CLAWLINK_OIDC_ISSUER and CLAWLINK_OIDC_CLIENT_ID.',
    })
  const now = clock.now()
  if (invitation !== undefined && !person) {
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
        ...(person ? { linkTo: person.personId } : invitation !== undefined && { invitation }),
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
