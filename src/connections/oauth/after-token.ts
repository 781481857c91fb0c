import { Fault } from '../../core/errors.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import { applyCredential } from '../apply-credential.ts'
import { Credential } from '../credential.ts'
import { type Engine, type OAuthContext, tokenTimeoutMs } from './client.ts'
import { endpointUrl } from './endpoint-url.ts'
import { lostRefusal, notMade, refusal, type TokenRefusal } from './refusal.ts'
import { keptValues, type TokenSet } from './token-answer.ts'

/**
 * Asks what has to be known besides the token, in order: which site, which region, which tenant. A look-up that fails, or
 * does not tell what it is there for, fails the whole: without it the connection could not be used.
 */
export async function afterToken(
  app: Engine,
  context: OAuthContext,
  tokens: TokenSet,
): Promise<TokenSet | TokenRefusal> {
  const { auth, provider } = context
  const { name } = provider.connector
  const lookups = auth.kind === 'oauth2' ? (auth.after ?? []) : []
  const credential = new Credential(tokens.parts)
  let metadata = tokens.metadata
  for (const lookup of lookups) {
    const values = { ...context.values, ...metadata }
    const url = endpointUrl(app, { provider, values }, lookup.url)
    if (url instanceof Fault) return { ...notMade(url), reached: 'answered' }
    const request = { method: 'GET', url, headers: { accept: 'application/json', 'user-agent': 'ClawLink' } }
    const applied = applyCredential(auth, credential, values, request, app.clock.now())
    if (!applied)
      return { ...notMade(new Fault('internal', `The token of ${name} lacks a part.`)), reached: 'answered' }
    const result = await app.net.send({
      ...request,
      credential: applied.headers,
      ...(applied.query && { credentialQuery: applied.query }),
      redirects: 'none',
      timeoutMs: tokenTimeoutMs,
    })
    if (result.kind === 'lost') return { ...lostRefusal(result, name), reached: 'answered' }
    const { status } = result
    const found =
      status === 200 ? keptValues(jsonOrUndefined(result.body.toString('utf8')), lookup.keep, credential.secrets()) : {}
    const missing = Object.keys(lookup.keep).filter(each => !Object.hasOwn(found, each))
    if (missing.length) {
      const words = `nothing about ${missing.join(', ')}.`
      return refusal(status === 429 || status >= 500 ? 'unavailable' : 'other', { name, status, words })
    }
    metadata = { ...metadata, ...found }
  }
  return { ...tokens, metadata }
}
