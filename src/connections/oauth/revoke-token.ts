import { randomUUID } from 'node:crypto'
import type { TokenFacts } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import type { WireRequest } from '../../net/wire.ts'
import type { Credential } from '../credential.ts'
import { type Engine, type OAuthContext, tokenTimeoutMs } from './client.ts'
import { endpointUrl } from './endpoint-url.ts'
import { fillParams, whatIsKnown, withoutEmpty } from './fill-params.ts'
import { partsOf } from './grant.ts'
import { parseTokenBody } from './parse-token-body.ts'
import { proveClient } from './prove-client.ts'
import { providerWords } from './provider-words.ts'
import { clientFor, wireRequest } from './token-request.ts'

/** What a provider says of a token that is gone already. */
const gone = ['invalid_token', 'token_revoked', 'token_expired', 'invalid_grant']

/**
 * Ends the provider's consent (RFC 7009, and the ways in which providers depart from it). By the refresh token where there
 * is one: that ends the access tokens made from it too (2.1). A token that is gone already counts as revoked.
 */
export async function revokeToken(
  app: Engine,
  context: OAuthContext,
  credential: Credential,
): Promise<'revoked' | 'not_supported' | Fault> {
  const { auth, provider } = context
  const { name } = provider.connector
  if (!auth.revoke) return 'not_supported'
  const facts = typeof auth.revoke === 'string' ? { url: auth.revoke } : auth.revoke
  const values = { ...(context.client && { client_id: context.client.id }), ...context.values }
  const url = endpointUrl(app, { provider, values }, facts.url)
  if (url instanceof Fault) return url
  const request = revocation(context, credential, { facts, url, nowMs: app.clock.now() })
  if (request === undefined) return 'not_supported'
  if (request instanceof Fault) return request
  const result = await app.net.send(request)
  if (result.kind === 'lost') {
    return new Fault('provider_unavailable', `${name} could not be asked to end its consent. ${result.message}`)
  }
  const { status } = result
  const body = parseTokenBody(result.body.toString('utf8'))
  const code = providerWords(body?.error, credential.secrets())
  if (code && gone.includes(code)) return 'revoked'
  if (code === 'unsupported_token_type') return 'not_supported'
  if (status >= 200 && status < 300 && !code) return 'revoked'
  return new Fault('provider_unavailable', `${name} did not end its consent (${status}${code ? `, ${code}` : ''}).`, {
    providerStatus: status,
    ...(code && { untrusted: true }),
    fix: 'Remove ClawLink from the connected apps in the settings of the account there.',
  })
}

type RevokeFacts = Exclude<TokenFacts['revoke'], string | undefined>

/** Undefined when there is no token that could be revoked. */
function revocation(
  context: OAuthContext,
  credential: Credential,
  { facts, url, nowMs }: { facts: RevokeFacts; url: string; nowMs: number },
): WireRequest | Fault | undefined {
  const { method = 'POST', by = method === 'GET' ? 'query' : 'form', param = 'token' } = facts
  const accessToken = credential.reveal('access_token')
  const refreshToken = credential.reveal('refresh_token')
  const wantsAccess = by === 'bearer' || param === 'access_token'
  const token = wantsAccess ? accessToken : (refreshToken ?? accessToken)
  if (!token) return undefined
  if (by !== 'form') {
    return {
      method,
      url,
      headers: { accept: 'application/json', 'user-agent': 'ClawLink' },
      credential: by === 'bearer' ? { authorization: `Bearer ${token}` } : {},
      ...(by === 'query' && { credentialQuery: { [param]: token } }),
      redirects: 'none',
      timeoutMs: tokenTimeoutMs,
    }
  }
  const known = whatIsKnown(context, partsOf({ grant: 'refresh', credential }))
  const client = clientFor(context, known)
  const headers = fillParams(context.auth.tokenHeaders, known)
  if (headers instanceof Fault) return headers
  const proof = proveClient(context.auth, client, { url, nowMs, nonce: randomUUID() })
  if (proof instanceof Fault) return proof
  const hint = token === refreshToken ? 'refresh_token' : 'access_token'
  const hinted = param === 'token' && facts.hint !== false
  const params = withoutEmpty({ ...proof.params, [param]: token, ...(hinted && { token_type_hint: hint }) })
  return { ...wireRequest(url, context.auth, params, { ...headers, ...proof.headers }), method }
}
