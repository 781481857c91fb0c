import type { TokenFacts } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { WireRequest } from '../../net/wire.ts'
import { type OAuthClient, type OAuthContext, type TokenAuth, tokenTimeoutMs } from './client.ts'
import { fillParams, type Known, type Params, scopeText, whatIsKnown, withoutEmpty } from './fill-params.ts'
import { type Grant, partsOf, secretsOf } from './grant.ts'
import { buildAssertion, withFileParts } from './jwt-bearer.ts'
import { proveClient } from './prove-client.ts'

/** `secrets`: every text of the request that nothing may repeat. */
export type TokenRequest = { wire: WireRequest; secrets: string[] }

export type Moment = { nowMs: number; nonce: string }

const urn = 'urn:ietf:params:oauth:grant-type:'

/**
 * The request to a token endpoint at `url`, exactly as its provider wants it (RFC 6749, 4.1.3, 4.4.2, 6; RFC 7523, 2.1;
 * RFC 8628, 3.4). Pure: `nonce` is a text that was never used before. A fault when something for it is missing.
 */
export function tokenRequest(context: OAuthContext, grant: Grant, url: string, moment: Moment): TokenRequest | Fault {
  const { auth } = context
  const parts = auth.kind === 'jwt_bearer' ? withFileParts(auth, partsOf(grant)) : partsOf(grant)
  const client = clientFor(context, whatIsKnown(context, parts))
  const at = { url, ...moment }
  const special: Params = {
    ...(client && { client_id: client.id, client_secret: client.secret?.reveal() ?? '' }),
    scopes: scopeText(auth.scopes, auth.scopeSeparator),
  }
  if (auth.kind === 'jwt_bearer') {
    const assertion = buildAssertion(auth, whatIsKnown(context, parts, special), at)
    if (assertion instanceof Fault) return assertion
    special.assertion = assertion
  }
  const known = whatIsKnown(context, parts, special)
  const usual = usualParams(context, grant, special)
  if (usual instanceof Fault) return usual
  const extra = fillParams(grant.grant === 'refresh' ? auth.refreshParams : auth.tokenParams, known)
  if (extra instanceof Fault) return extra
  const headers = fillParams(auth.tokenHeaders, known)
  if (headers instanceof Fault) return headers
  const proof = proveClient(auth, client, at)
  if (proof instanceof Fault) return proof
  const verifier = verifierOf(auth, grant)
  if (verifier instanceof Fault) return verifier
  const params = withoutEmpty({ ...proof.params, ...usual, ...extra, ...verifier })
  return {
    wire: wireRequest(url, auth, params, { ...headers, ...proof.headers }),
    // The client's secret may stand in a parameter or header of the provider's own too.
    secrets: [...proof.secrets, special.client_secret ?? '', ...secretsOf(grant), special.assertion ?? ''],
  }
}

/** A request of parameters in the form that this provider takes. It follows no redirect: secrets stay where they were sent. */
export function wireRequest(
  url: string,
  { body }: Pick<TokenFacts, 'body'>,
  params: Params,
  credential: Record<string, string>,
): WireRequest {
  const json = body === 'json'
  return {
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
      'user-agent': 'ClawLink',
    },
    credential,
    body: json ? JSON.stringify(params) : String(new URLSearchParams(params)),
    redirects: 'none',
    timeoutMs: tokenTimeoutMs,
  }
}

/** Who asks. For the grants of a person's own client it is among the parts that they brought. */
export function clientFor({ auth, client }: OAuthContext, known: Known): OAuthClient | null {
  const brought = auth.kind === 'client_credentials' || auth.kind === 'jwt_bearer'
  if (!brought) return client
  const id = known('client_id')
  // An assertion says by itself who asks, so no client beside it unless the provider wants both.
  if (!id || (auth.kind === 'jwt_bearer' && !auth.clientAuth)) return null
  const secret = known('client_secret')
  const privateKey = known('private_key')
  return {
    id,
    secret: secret ? new Secret(secret) : null,
    ...(privateKey && { privateKey: new Secret(privateKey) }),
    appId: '',
  }
}

function usualParams({ auth }: OAuthContext, grant: Grant, special: Params): Params | Fault {
  const { names, scopes } = auth
  const scope = scopes.length ? { [names?.scope ?? 'scope']: special.scopes ?? '' } : {}
  switch (grant.grant) {
    case 'code': {
      const { code, redirectUri } = grant
      return { grant_type: 'authorization_code', [names?.code ?? 'code']: code, redirect_uri: redirectUri }
    }
    case 'refresh': {
      const token = grant.credential.reveal('refresh_token')
      if (!token && !refreshesByAccessToken(auth))
        return new Fault('authentication_failed', 'There is no refresh token.')
      return { grant_type: 'refresh_token', [names?.refreshToken ?? 'refresh_token']: token ?? '' }
    }
    case 'client_credentials':
      return { grant_type: 'client_credentials', ...scope }
    case 'jwt_bearer': {
      if (auth.kind !== 'jwt_bearer') return new Fault('internal', 'This way to connect signs no assertions.')
      const inClaim = Object.values(auth.claims).some(template => template.includes('{scopes}'))
      return { grant_type: `${urn}jwt-bearer`, assertion: special.assertion ?? '', ...(!inClaim && scope) }
    }
    case 'device':
      return { grant_type: `${urn}device_code`, device_code: grant.deviceCode }
  }
}

/** Whether an access token is renewed by handing itself in, as its definition then says. */
export function refreshesByAccessToken({ refreshParams = {} }: Pick<TokenFacts, 'refreshParams'>): boolean {
  return Object.values(refreshParams).some(template => template.includes('{access_token}'))
}

/**
 * Comes last, so that no definition of a provider takes it away. It goes along wherever a challenge did, and a code is not
 * handed in without it there (RFC 7636, 4.5).
 */
function verifierOf(auth: TokenAuth, grant: Grant): Params | Fault {
  if (grant.grant !== 'code' || auth.kind !== 'oauth2' || auth.pkce === 'off') return {}
  if (!grant.verifier) return new Fault('internal', 'A code of a sign-in that uses PKCE came without its verifier.')
  return { code_verifier: grant.verifier }
}
