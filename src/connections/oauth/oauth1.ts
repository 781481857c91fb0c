import type { OAuth1 } from '../../catalog/auth.ts'
import { Fault } from '../../core/errors.ts'
import { type Engine, type OAuthClient, type OAuthContext, tokenTimeoutMs } from './client.ts'
import { endpointUrl } from './endpoint-url.ts'
import { fillParams, whatIsKnown, withoutEmpty } from './fill-params.ts'
import { authorizationOf, type Pair } from './oauth1-signature.ts'
import { parseTokenBody } from './parse-token-body.ts'
import { providerWords } from './provider-words.ts'
import { lostRefusal, meaningOf, refusal } from './refusal.ts'
import { newNonce } from './sign-oauth1.ts'
import { keptValues, type TokenSet } from './token-answer.ts'

type OAuth1Context = Omit<OAuthContext<OAuth1>, 'client'> & { client: OAuthClient }

/** Where to send the person, and the temporary credentials (RFC 5849, 2.1) that the way back is compared with. */
export type Temporary = { location: string; token: string; secret: string }

/** Asks for temporary credentials. `secret` has to be kept sealed until the person is back. */
export async function requestTemporary(
  app: Engine,
  context: OAuth1Context,
  callbackUrl: string,
): Promise<Temporary | Fault> {
  const { auth, provider, client } = context
  const further: Pair[] = [['oauth_callback', callbackUrl]]
  const answer = await ask(app, context, auth.requestToken, { further })
  if (answer instanceof Fault) return answer
  if (answer.body.oauth_callback_confirmed !== 'true') {
    // Without it the provider speaks the version in which one person's way back could be slipped to another (2.1).
    return new Fault('provider_unavailable', `${provider.connector.name} did not confirm where to come back to.`)
  }
  const page = endpointUrl(app, context, auth.authorize)
  if (page instanceof Fault) return page
  const extra = fillParams(auth.authorizeParams, whatIsKnown(context, { client_id: client.id }))
  if (extra instanceof Fault) return extra
  const query = new URLSearchParams(withoutEmpty({ ...extra, oauth_token: answer.token }))
  return { location: `${page}${page.includes('?') ? '&' : '?'}${query}`, token: answer.token, secret: answer.secret }
}

/** Exchanges what the person came back with for lasting credentials (RFC 5849, 2.3). */
export async function exchangeVerifier(
  app: Engine,
  context: OAuth1Context,
  { token, secret, verifier }: { token: string; secret: string; verifier: string },
): Promise<TokenSet | Fault> {
  const { auth, client } = context
  const further: Pair[] = [['oauth_verifier', verifier]]
  const answer = await ask(app, context, auth.accessToken, { token, tokenSecret: secret, further })
  if (answer instanceof Fault) return answer
  const parts = {
    client_id: client.id,
    client_secret: client.secret?.reveal() ?? '',
    access_token: answer.token,
    token_secret: answer.secret,
  }
  const metadata = keptValues(answer.body, auth.keep, [...Object.values(parts).slice(1), token, secret, verifier])
  return { parts, expiresAt: null, scopes: null, metadata, refreshable: false }
}

type TokenAnswer = { token: string; secret: string; body: Readonly<Record<string, unknown>> }

async function ask(
  app: Engine,
  context: OAuth1Context,
  template: string,
  more: { token?: string; tokenSecret?: string; further: readonly Pair[] },
): Promise<TokenAnswer | Fault> {
  const { auth, client, provider } = context
  const { name } = provider.connector
  const url = endpointUrl(app, context, template)
  if (url instanceof Fault) return url
  const clientSecret = client.secret?.reveal() ?? ''
  const { header, signature } = authorizationOf({
    method: 'POST',
    url,
    by: auth.signature ?? 'HMAC-SHA1',
    clientId: client.id,
    clientSecret,
    ...more,
    nonce: newNonce(),
    nowMs: app.clock.now(),
  })
  const result = await app.net.send({
    method: 'POST',
    url,
    headers: { 'user-agent': 'ClawLink' },
    credential: { authorization: header },
    redirects: 'none',
    timeoutMs: tokenTimeoutMs,
  })
  if (result.kind === 'lost') return lostRefusal(result, name).fault
  const { status } = result
  const text = result.body.toString('utf8')
  const body = parseTokenBody(text)
  const token = body?.oauth_token
  const secret = body?.oauth_token_secret
  if (status >= 200 && status < 300 && body && isText(token) && typeof secret === 'string')
    return { token, secret, body }
  const secrets = [
    clientSecret,
    signature,
    more.token ?? '',
    more.tokenSecret ?? '',
    ...more.further.map(([, value]) => value),
  ]
  const words = providerWords(body?.oauth_problem ?? body?.error ?? body?.message ?? plainText(text), secrets)
  // RFC 5849 has no error codes. 401 means the client here: nobody but it has shown a credential yet.
  const refused = status === 401 && !more.token ? 'client' : meaningOf(undefined, status)
  return refusal(refused, { name, status, words }).fault
}

const isText = (value: unknown): value is string => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)
/** Many answer with a sentence and nothing else. */
const plainText = (text: string): string | undefined => (/[<{]/.test(text) ? undefined : text)
