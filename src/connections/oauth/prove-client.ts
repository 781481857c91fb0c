import type { TokenFacts } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import type { OAuthClient } from './client.ts'
import { formEncoded, type Params } from './fill-params.ts'
import { assertionLifetimeS } from './jwt-bearer.ts'
import { signJwt } from './sign-jwt.ts'

/** How the client shows who it is: parameters for the body, headers, and what in them must not be seen. */
export type ClientProof = { params: Params; headers: Record<string, string>; secrets: string[] }

const byAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Client authentication (RFC 6749, 2.3; RFC 7523, 2.2). A client without a secret only names itself, whatever the provider
 * takes from those that have one. `nonce` becomes the `jti` of an assertion, `url` its audience.
 */
export function proveClient(
  { clientAuth = 'post', names }: Pick<TokenFacts, 'clientAuth' | 'names'>,
  client: OAuthClient | null,
  { url, nowMs, nonce }: { url: string; nowMs: number; nonce: string },
): ClientProof | Fault {
  if (!client) return { params: {}, headers: {}, secrets: [] }
  const { id, privateKey, keyId } = client
  const named = { [names?.clientId ?? 'client_id']: id }
  if (clientAuth === 'private_key_jwt') {
    const nowS = Math.floor(nowMs / 1000)
    const claims = { iss: id, sub: id, aud: url, iat: nowS, exp: nowS + assertionLifetimeS, jti: nonce }
    const assertion = signJwt({ key: privateKey?.reveal() ?? '', keyId, claims })
    if (!assertion) return new Fault('validation_error', 'The OAuth app has no private key (PEM) that can sign.')
    const params = { ...named, client_assertion_type: byAssertion, client_assertion: assertion }
    return { params, headers: {}, secrets: [assertion] }
  }
  const secret = client.secret?.reveal() ?? ''
  if (clientAuth === 'none' || secret === '') return { params: named, headers: {}, secrets: [] }
  if (clientAuth === 'post') {
    return { params: { ...named, [names?.clientSecret ?? 'client_secret']: secret }, headers: {}, secrets: [secret] }
  }
  // RFC 6749, 2.3.1: both halves are form-encoded first, so a colon in the id splits nothing.
  const pair = Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')
  return { params: {}, headers: { authorization: `Basic ${pair}` }, secrets: [secret, pair] }
}
