import { randomBytes } from 'node:crypto'
import type { PersonPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Auth, OAuth1, OAuth2 } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import { authorizeUrl } from '../oauth/authorize-url.ts'
import { requestTemporary } from '../oauth/oauth1.ts'
import { newPkce } from '../oauth/pkce.ts'
import { boundSession } from './bound-session.ts'
import { redirectUri } from './connect-session.ts'
import { beginTry, type KeptTry, stateHash } from './kept-try.ts'
import { type OAuthTry, type OAuthWish, prepareTry } from './prepare-try.ts'

export const isRedirecting = (auth: Auth): auth is OAuth2 | OAuth1 => auth.kind === 'oauth2' || auth.kind === 'oauth1'

/**
 * Where to send the person's browser, so that they sign in at the provider and come back. What comes back counts once, for
 * this session and this browser, and only for the try that was begun last.
 */
export async function startAuthorize(
  app: App,
  person: PersonPrincipal,
  { id, wish }: { id: string; wish: OAuthWish },
): Promise<{ location: string } | Fault> {
  const bound = await boundSession(app, person, id)
  if (bound instanceof Fault) return bound
  const ready = await prepareTry(app, bound, wish, isRedirecting)
  if (ready instanceof Fault) return ready
  // 256 random bits; only their hash is stored (RFC 9700, 4.7.1).
  const state = randomBytes(32).toString('base64url')
  const begun = await begin(app, ready, state)
  if (begun instanceof Fault) return begun
  const { location, kept } = begun
  return (await beginTry(app, bound.row, kept, stateHash(state))) ?? { location }
}

async function begin(
  app: App,
  { provider, auth, client, choices }: OAuthTry<OAuth2 | OAuth1>,
  state: string,
): Promise<{ location: string; kept: KeptTry } | Fault> {
  const values = { base: provider.base, ...choices.values }
  const callback = redirectUri(app)
  if (auth.kind === 'oauth2') {
    const { verifier, challenge } = newPkce()
    const { scopes } = choices
    const ask = { provider, auth, client, redirectUri: callback, state, challenge, scopes, values }
    const location = authorizeUrl(ask)
    if (location instanceof Fault) return location
    const proof = auth.pkce === 'off' ? {} : { verifier }
    return { location, kept: { ...choices, kind: 'code', redirectUri: callback, ...proof } }
  }
  // OAuth 1.0a has no state of its own: it travels in the callback's URL (RFC 5849, 2.1).
  const begun = await requestTemporary(app, { provider, auth, client, values }, `${callback}?state=${state}`)
  if (begun instanceof Fault) return begun
  const { location, token, secret } = begun
  return { location, kept: { ...choices, kind: 'oauth1', token, secret } }
}
