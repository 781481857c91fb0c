import { oauth2 } from '../../src/catalog/auth.ts'
import { Credential } from '../../src/connections/credential.ts'
import type { OAuthClient, OAuthContext, TokenAuth } from '../../src/connections/oauth/client.ts'
import type { Grant } from '../../src/connections/oauth/grant.ts'
import { requestToken } from '../../src/connections/oauth/request-token.ts'
import { Secret } from '../../src/core/secret.ts'
import { createNet } from '../../src/net/send.ts'
import { movableClock } from './movable-clock.ts'
import { type Scripted, startTokenProvider } from './token-provider.ts'

/** The OAuth engine with a real way out, a clock that a test moves, and a scripted provider that it may reach. */
export async function startEngine() {
  const provider = await startTokenProvider()
  const clock = movableClock()
  const config = {
    outboundAllow: [new URL(provider.url).host],
    baseUrls: {},
    connectTimeoutMs: 5000,
    callTimeoutMs: 60_000,
    answerBytesMax: 100_000,
  }
  const net = createNet(config, clock)
  return {
    app: { net, clock, config },
    provider,
    async [Symbol.asyncDispose]() {
      await net.close()
      await provider[Symbol.asyncDispose]()
    },
  }
}

/** An OAuth app whose id and secret hold what encodings differ about. */
export const testClient: OAuthClient = { id: 'app:1', secret: new Secret('s/e+c r:et%'), appId: 'oapp_1' }

/** How a form writes that id and secret. */
export const testClientForm = 'client_id=app%3A1&client_secret=s%2Fe%2Bc+r%3Aet%25'

/** One run of the engine, and what is usual in it unless told. */
export type Run = {
  auth: TokenAuth
  way?: Partial<Omit<OAuthContext, 'auth'>> & { hosts?: string[] }
  grant?: Grant
  answers?: Scripted[]
}

export const plainAnswer = { access_token: 'at-1', token_type: 'Bearer', expires_in: 3600 }

export const codeGrant: Grant = { grant: 'code', code: 'c/1', redirectUri: 'https://own.example/back', verifier: 'v1' }

export const refreshGrant = (parts: Record<string, string> = {}): Grant => ({
  grant: 'refresh',
  credential: new Credential({ access_token: 'at-old', refresh_token: 'rt-old', ...parts }),
})

/** Hands in a grant at the scripted provider: what came of it, and exactly what was asked. */
export async function runEngine(
  { app, provider }: Awaited<ReturnType<typeof startEngine>>,
  { auth, way = {}, grant = codeGrant, answers = [{ body: plainAnswer }] }: Run,
) {
  provider.asked.length = 0
  provider.answers(...answers)
  const { hosts, ...rest } = way
  const context: OAuthContext = {
    provider: { connector: { name: 'Acme', ...(hosts && { hosts }) } },
    auth,
    client: testClient,
    values: {},
    ...rest,
  }
  const result = await requestToken(app, context, grant)
  return { result, asked: [...provider.asked] }
}

/** A way to authenticate whose endpoints are at this address. */
export const oauth2At = (url: string, facts: Partial<Parameters<typeof oauth2>[0]> = {}) =>
  oauth2({ authorize: `${url}/authorize`, token: `${url}/token`, scopes: [], ...facts })
