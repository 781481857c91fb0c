/**
 * The ways to authenticate at a provider, as data. A `{name}` in a text here is filled from what the connection knows: the
 * parts of its credential, what the person typed in, and what the provider told when it was connected.
 */

/** Something that the person types or pastes in when connecting. */
export type Field = {
  label: string
  hint?: string
  /** Shown in the empty box. */
  example?: string
  /** Sealed with the credential and never shown again; everything else may be shown. */
  secret?: boolean
  /** What the whole value must match. */
  matches?: RegExp
  options?: readonly string[]
  default?: string
  optional?: boolean
  /** A file or a key of several lines. */
  lines?: boolean
}

export type Fields = Record<string, Field>

/** Where the credential goes in each request. Header names in lower case. `basic`: user and password of RFC 7617. */
export type Place = { headers?: Record<string, string>; query?: Record<string, string>; basic?: [string, string] }

type Way = {
  /** Names it within its connector; stored with each connection. */
  id: string
  /** What people call it at this provider: "personal access token", "Google account". */
  label: string
  /** Page at the provider where the secret is made, or the OAuth app registered. */
  console?: string
  /** What to tick there, in a sentence. */
  advice?: string
  /** Asked of the person, beside the connector's own `inputs`. */
  fields?: Fields
}

/** The person brings the secret: a key, a token, user and password, several headers, or nothing at all. */
export type StaticAuth = Way & {
  kind: 'api_key' | 'bearer' | 'basic' | 'headers' | 'none'
  fields: Fields
  place: Place
}

/** A client certificate (RFC 8446, 4.4.2) in the parts `certificate` and `private_key` (PEM), with `passphrase` if it has one. */
export type CertificateAuth = Way & { kind: 'mtls'; fields: Fields; place?: Place }

/** How one provider's token endpoint wants to be asked, and how it answers. */
export type TokenFacts = {
  /** Token endpoint. */
  token: string
  /** Where it is another one than `token`. */
  refresh?: string
  /**
   * RFC 7009 unless `by` says otherwise. `bearer`: the token in the Authorization header. `query`: in `?token=`. `hint`: false
   * where the provider takes no `token_type_hint`.
   */
  revoke?:
    | string
    | {
        url: string
        method?: 'POST' | 'GET' | 'DELETE'
        by?: 'form' | 'bearer' | 'query'
        param?: string
        hint?: false
      }
  /** How the client proves itself (RFC 6749, 2.3; RFC 7523, 2.2). `post` unless told. */
  clientAuth?: 'post' | 'basic' | 'none' | 'private_key_jwt'
  /** Where the parameters have other names than RFC 6749 gives them. */
  names?: { clientId?: string; clientSecret?: string; scope?: string; code?: string; refreshToken?: string }
  /** `form` unless told. */
  body?: 'form' | 'json'
  /**
   * Further parameters of requests that exchange something for a token (`tokenParams`), and of those that refresh
   * (`refreshParams`). An empty one leaves out a usual one.
   */
  tokenParams?: Record<string, string>
  refreshParams?: Record<string, string>
  tokenHeaders?: Record<string, string>
  scopes: readonly string[]
  /** Of the scopes in the request; one space unless told. */
  scopeSeparator?: ' ' | ',' | '+'
  answer?: TokenAnswerFacts
  /** How long an access token lives when the answer does not say. Without it such a token counts as lasting. */
  lifetimeS?: number
  /** Further values of the token answer to remember with the connection: name → dotted path. Never secret ones. */
  keep?: Record<string, string>
  /** `Authorization: Bearer {access_token}` unless told. */
  place?: Place
}

/** Dotted paths into a token answer that has not the shape of RFC 6749, 5.1. */
export type TokenAnswerFacts = {
  accessToken?: string
  refreshToken?: string
  /** Seconds, as a number or a text. */
  expiresIn?: string
  /** A time: seconds or milliseconds since 1970, or ISO 8601. Wins over `expiresIn`. */
  expiresAt?: string
  /** A list, or a text split at spaces and commas. */
  scope?: string
  error?: string
  errorText?: string
  /** The answer is good only when this path has this value, whatever its HTTP status. */
  good?: [path: string, value: string | number | boolean]
}

/** RFC 6749, 4.1, with PKCE (RFC 7636). */
export type OAuth2 = Way &
  TokenFacts & {
    kind: 'oauth2'
    authorize: string
    /** Further parameters of that page. An empty one leaves out a usual one. */
    authorizeParams?: Record<string, string>
    /** `on` unless told: it harms nowhere but at the providers that refuse it. */
    pkce?: 'on' | 'off' | 'required'
    /** What `iss` in the answer must be (RFC 9207); with `issuerRequired`, an answer without it is refused. */
    issuer?: string
    issuerRequired?: boolean
    /** Parameters of the redirect back to remember with the connection: name → parameter. */
    keepFromCallback?: Record<string, string>
    /** Asked right after, with the new token, for values to remember: name → dotted path into the JSON answer. */
    after?: { url: string; keep: Record<string, string> }[]
    /** The OAuth app it needs; one named after the provider itself unless told. */
    app?: AppRegistration
    /** An OAuth app that comes with ClawLink: for practice providers only. */
    client?: { id: string; secret: string }
  }

/** RFC 8628. */
export type OAuth2Device = Way &
  TokenFacts & { kind: 'oauth2_device'; device: string; app?: AppRegistration; client?: { id: string; secret: string } }

/** RFC 6749, 4.4. The person brings the parts `client_id` and `client_secret`. */
export type ClientCredentials = Way & TokenFacts & { kind: 'client_credentials'; fields: Fields }

/** RFC 7523, 2.1: a signed assertion is exchanged for a token. Claims are templates; `iat`, `exp` and `jti` are set. */
export type JwtBearer = Way &
  TokenFacts & {
    kind: 'jwt_bearer'
    fields: Fields
    algorithm: 'RS256' | 'ES256' | 'PS256' | 'EdDSA'
    claims: Record<string, string>
    /** Which part holds the private key (PEM, PKCS#8). */
    key?: string
    keyId?: string
    /** A JSON file that fills several parts at once: part → dotted path, from the field `field`. */
    file?: { field: string; parts: Record<string, string> }
  }

/** RFC 5849. HMAC-SHA1 unless told. */
export type OAuth1 = Way & {
  kind: 'oauth1'
  requestToken: string
  authorize: string
  accessToken: string
  authorizeParams?: Record<string, string>
  signature?: 'HMAC-SHA1' | 'HMAC-SHA256' | 'PLAINTEXT'
  keep?: Record<string, string>
  app?: AppRegistration
}

export type Auth = StaticAuth | CertificateAuth | OAuth2 | OAuth2Device | ClientCredentials | JwtBearer | OAuth1

/** An app that an owner registers once at a provider, and that may serve several of our connectors. */
export type AppRegistration = {
  /** The same for every connector that shares it. */
  slug: string
  name: string
  /** Where at the provider it is registered. */
  console: string
  /** How, step by step; `{redirectUri}` and `{scopes}` are filled in. */
  steps?: readonly string[]
  /** What bites later. `step`: at which it bites, from 1. */
  warnings?: readonly { title: string; text: string; step?: number }[]
  /** The file that the provider gives to download: dotted paths into its JSON, the first that is there. */
  file?: {
    about: string
    clientId: readonly string[]
    clientSecret: readonly string[]
    redirectUris?: readonly string[]
  }
}

/** The OAuth app that this way needs: its own, or one named after the provider. */
export function registrationOf(
  { slug, connector }: { slug: string; connector: { name: string } },
  { app, console }: { app?: AppRegistration; console?: string },
): AppRegistration {
  return app ?? { slug, name: connector.name, console: console ?? '' }
}

type Named<T extends Auth> = Omit<T, 'kind' | 'id' | 'fields' | 'place'> & Partial<Pick<T, 'id'>>

/** A key, personal access token or bot token that goes into one header (or, with `query`, one parameter). */
export function apiKey({
  header,
  query,
  format,
  hint,
  example,
  fields,
  place,
  ...way
}: Named<StaticAuth> & {
  header?: string
  query?: string
  format?: string
  hint?: string
  example?: string
  fields?: Fields
  place?: Place
}): StaticAuth {
  const text = format ?? (header || query ? '{secret}' : 'Bearer {secret}')
  const placed = query ? { query: { [query]: text } } : { headers: { [header ?? 'authorization']: text } }
  const secret: Field = { label: way.label, secret: true, ...(hint && { hint }), ...(example && { example }) }
  return { kind: 'api_key', id: 'api_key', ...way, fields: { secret, ...fields }, place: place ?? placed }
}

/** User and password, in whatever way the provider uses the two (RFC 7617). `user` and `password` are templates. */
export function basic({
  user = '{username}',
  password = '{secret}',
  fields,
  ...way
}: Named<StaticAuth> & { user?: string; password?: string; fields: Fields }): StaticAuth {
  return { kind: 'basic', id: 'basic', ...way, fields, place: { basic: [user, password] } }
}

/** Several headers of the provider's own. */
export const headers = (way: Named<StaticAuth> & { fields: Fields; headers: Record<string, string> }): StaticAuth => {
  const { headers: placed, ...rest } = way
  return { kind: 'headers', id: 'headers', ...rest, place: { headers: placed } }
}

/** No credential at all. */
export const none = (): StaticAuth => ({ kind: 'none', id: 'none', label: 'no sign-in', fields: {}, place: {} })

export const oauth2 = (way: Omit<OAuth2, 'kind' | 'id' | 'label'> & Partial<Pick<OAuth2, 'id' | 'label'>>): OAuth2 => ({
  kind: 'oauth2',
  id: 'oauth2',
  label: 'OAuth',
  ...way,
})

export const oauth2Device = (
  way: Omit<OAuth2Device, 'kind' | 'id' | 'label'> & Partial<Pick<OAuth2Device, 'id' | 'label'>>,
): OAuth2Device => ({ kind: 'oauth2_device', id: 'oauth2_device', label: 'code on another device', ...way })

export const clientCredentials = (
  way: Omit<ClientCredentials, 'kind' | 'id' | 'fields'> & Partial<Pick<ClientCredentials, 'id' | 'fields'>>,
): ClientCredentials => ({
  kind: 'client_credentials',
  id: 'client_credentials',
  ...way,
  fields: {
    client_id: { label: 'Client id' },
    client_secret: { label: 'Client secret', secret: true },
    ...way.fields,
  },
})

export const jwtBearer = (way: Omit<JwtBearer, 'kind' | 'id'> & Partial<Pick<JwtBearer, 'id'>>): JwtBearer => ({
  kind: 'jwt_bearer',
  id: 'jwt_bearer',
  ...way,
})

export const oauth1 = (way: Omit<OAuth1, 'kind' | 'id'> & Partial<Pick<OAuth1, 'id'>>): OAuth1 => ({
  kind: 'oauth1',
  id: 'oauth1',
  ...way,
})

export const clientCertificate = (
  way: Named<CertificateAuth> & { fields?: Fields; place?: Place },
): CertificateAuth => ({
  kind: 'mtls',
  id: 'mtls',
  ...way,
  fields: {
    certificate: { label: 'Client certificate (PEM)', secret: true, lines: true },
    private_key: { label: 'Private key (PEM)', secret: true, lines: true },
    passphrase: { label: 'Passphrase of the key', secret: true, optional: true },
    ...way.fields,
  },
})
