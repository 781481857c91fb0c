import type { App } from '../../app.ts'
import type { ClientCredentials, Field, JwtBearer, OAuth2, OAuth2Device } from '../../catalog/auth.ts'
import type { Values } from '../../catalog/fill-url.ts'
import type { Secret } from '../../core/secret.ts'

/** As whom ClawLink is known at a provider: an OAuth app that somebody registered there. */
export type OAuthClient = {
  id: string
  /** None: a public client, which PKCE alone protects. */
  secret: Secret | null
  /** PEM, for those that prove themselves by `private_key_jwt`. */
  privateKey?: Secret
  /** What the provider calls that key. */
  keyId?: string
  /** Of the stored OAuth app; empty for the one that comes with ClawLink. */
  appId: string
}

/** The ways to authenticate that end at a token endpoint of OAuth 2. */
export type TokenAuth = OAuth2 | OAuth2Device | ClientCredentials | JwtBearer

/** What is needed of a provider here: what people call it, and where its URLs may lead. */
export type OAuthProvider = {
  connector: { name: string; hosts?: readonly string[]; inputs?: Readonly<Record<string, Field>> }
}

/** Everything that stays the same between the requests of one connection. */
export type OAuthContext<A = TokenAuth> = {
  provider: OAuthProvider
  auth: A
  /** Null where the person brings it among the parts of the credential. */
  client: OAuthClient | null
  values: Values
}

/** What the engine needs of the app. */
export type Engine = Pick<App, 'net' | 'clock'> & { config: Pick<App['config'], 'outboundAllow' | 'baseUrls'> }

/** Time for one request to an authorization server. */
export const tokenTimeoutMs = 15_000
