import { createHmac } from 'node:crypto'

export type Pair = readonly [name: string, value: string]

export type SignatureMethod = 'HMAC-SHA1' | 'HMAC-SHA256' | 'PLAINTEXT'

/** Percent-encoding of RFC 5849, 3.6: everything but letters, digits and `-._~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The text that is signed (RFC 5849, 3.4.1). `pairs`: the protocol's parameters and those of a form body, decoded. */
export function signatureBase(method: string, url: string, pairs: readonly Pair[]): string {
  const { origin, pathname, searchParams } = new URL(url)
  const all = [...searchParams, ...pairs].map(([name, value]): Pair => [percentEncode(name), percentEncode(value)])
  all.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
  const text = all.map(([name, value]) => `${name}=${value}`).join('&')
  return [method.toUpperCase(), origin + pathname, text].map(percentEncode).join('&')
}

/** The signature of a base text (RFC 5849, 3.4.2 and 3.4.4). */
export function signatureOf(base: string, by: SignatureMethod, clientSecret: string, tokenSecret = ''): string {
  const key = `${percentEncode(clientSecret)}&${percentEncode(tokenSecret)}`
  if (by === 'PLAINTEXT') return key
  return createHmac(by === 'HMAC-SHA1' ? 'sha1' : 'sha256', key)
    .update(base)
    .digest('base64')
}

/** By bytes: what is compared is encoded, so all of it is ASCII. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export type OAuth1Ask = {
  method: string
  url: string
  by: SignatureMethod
  clientId: string
  clientSecret: string
  token?: string | undefined
  tokenSecret?: string | undefined
  /** Further parameters of the protocol, such as `oauth_verifier`. */
  further?: readonly Pair[]
  /** Of a form-encoded body, decoded. */
  form?: readonly Pair[]
  nonce: string
  nowMs: number
}

/** The value of the Authorization header (RFC 5849, 3.5.1), and the signature in it. Pure. */
export function authorizationOf(ask: OAuth1Ask): { header: string; signature: string } {
  const { token, tokenSecret, further = [], form = [] } = ask
  const own: Pair[] = [
    ['oauth_consumer_key', ask.clientId],
    ['oauth_nonce', ask.nonce],
    ['oauth_signature_method', ask.by],
    ['oauth_timestamp', String(Math.floor(ask.nowMs / 1000))],
    ...(token ? [['oauth_token', token] as const] : []),
    ['oauth_version', '1.0'],
    ...further,
  ]
  const signature = signatureOf(
    signatureBase(ask.method, ask.url, [...own, ...form]),
    ask.by,
    ask.clientSecret,
    tokenSecret,
  )
  const pairs = [...own, ['oauth_signature', signature] as const]
  return { header: `OAuth ${pairs.map(([name, value]) => `${name}="${percentEncode(value)}"`).join(', ')}`, signature }
}
