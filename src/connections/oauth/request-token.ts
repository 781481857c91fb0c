import { randomUUID } from 'node:crypto'
import { Fault } from '../../core/errors.ts'
import { afterToken } from './after-token.ts'
import type { Engine, OAuthContext } from './client.ts'
import { endpointUrl } from './endpoint-url.ts'
import { type Grant, partsOf } from './grant.ts'
import { lostRefusal, notMade, type TokenRefusal } from './refusal.ts'
import { readTokenAnswer, type TokenSet } from './token-answer.ts'
import { tokenRequest } from './token-request.ts'

/**
 * Hands in a grant for a token, with one request that follows no redirect, and after a code the look-ups that the provider
 * needs. Never throws. To refresh what has no refresh token by its kind (client credentials, assertions) asks anew.
 */
export async function requestToken(
  app: Engine,
  context: OAuthContext,
  handedIn: Grant,
): Promise<TokenSet | TokenRefusal> {
  const { auth, provider } = context
  const grant = grantFor(auth.kind, handedIn)
  const { name } = provider.connector
  const url = endpointUrl(app, context, grant.grant === 'refresh' ? (auth.refresh ?? auth.token) : auth.token)
  if (url instanceof Fault) return notMade(url)
  const askedAtMs = app.clock.now()
  const request = tokenRequest(context, grant, url, { nowMs: askedAtMs, nonce: randomUUID() })
  if (request instanceof Fault) return notMade(request)
  const result = await app.net.send(request.wire)
  if (result.kind === 'lost') return lostRefusal(result, name)
  const answer = { status: result.status, headers: result.headers, text: result.body.toString('utf8') }
  const { secrets } = request
  const tokens = readTokenAnswer(answer, {
    name,
    facts: auth,
    grant: grant.grant,
    parts: partsOf(grant),
    askedAtMs,
    secrets,
  })
  if ('refused' in tokens || grant.grant !== 'code') return tokens
  return afterToken(app, context, tokens)
}

function grantFor(kind: OAuthContext['auth']['kind'], grant: Grant): Grant {
  const renews = grant.grant === 'refresh' && (kind === 'client_credentials' || kind === 'jwt_bearer')
  return renews ? { grant: kind, credential: grant.credential } : grant
}
