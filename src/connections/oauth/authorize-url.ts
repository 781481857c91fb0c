import type { OAuth2 } from '../../catalog/auth.ts'
import { fillUrl, type Values } from '../../catalog/fill-url.ts'
import { Fault } from '../../core/errors.ts'
import type { OAuthClient, OAuthProvider } from './client.ts'
import { fillParams, formEncoded, scopeText, whatIsKnown, withoutEmpty } from './fill-params.ts'

export type AuthorizeAsk = {
  provider: OAuthProvider
  auth: OAuth2
  client: OAuthClient
  redirectUri: string
  state: string
  /** Of PKCE. Without one the URL is only made for providers that refuse PKCE. */
  challenge?: string
  scopes: readonly string[]
  values: Values
}

/** Where to send the person's browser (RFC 6749, 4.1.1; RFC 7636, 4.3). Pure. It holds nothing secret. */
export function authorizeUrl(ask: AuthorizeAsk): string | Fault {
  const { provider, auth, client, redirectUri, state, challenge, scopes, values } = ask
  const { name, hosts } = provider.connector
  const url = fillUrl(auth.authorize, values, hosts)
  if (typeof url !== 'string') {
    return new Fault('validation_error', `${name} cannot be opened: ${url.field} ${url.problem}.`, {
      invalidFields: [url],
    })
  }
  const usesPkce = auth.pkce !== 'off'
  if (usesPkce && !challenge) return new Fault('internal', 'A sign-in that uses PKCE was begun without a challenge.')
  const scope = scopeText(scopes, auth.scopeSeparator)
  const extra = fillParams(auth.authorizeParams, whatIsKnown(ask, { client_id: client.id }))
  if (extra instanceof Fault) return extra
  const params = withoutEmpty({
    response_type: 'code',
    [auth.names?.clientId ?? 'client_id']: client.id,
    [auth.names?.scope ?? 'scope']: scope,
    ...extra,
    // Last, so that no definition of a provider can replace what protects the exchange.
    redirect_uri: redirectUri,
    state,
    ...(usesPkce && challenge && { code_challenge: challenge, code_challenge_method: 'S256' }),
  })
  const encode = auth.scopeSeparator === '+' ? formEncoded : encodeURIComponent
  const query = Object.entries(params).map(([key, value]) => `${encodeURIComponent(key)}=${encode(value)}`)
  return `${url}${url.includes('?') ? '&' : '?'}${query.join('&')}`
}
