import { constants, type KeyObject, sign } from 'node:crypto'
import { readSigningKey } from './read-private-key.ts'

export type JwtAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA'

/** How each algorithm signs (RFC 7518, 3; RFC 8037, 3.1), and with which keys it can. */
const algorithms: Record<JwtAlgorithm, { hash: string | null; fits: (key: KeyObject) => boolean; how: object }> = {
  RS256: { hash: 'sha256', fits: isRsa, how: {} },
  PS256: { hash: 'sha256', fits: isRsa, how: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  ES256: { hash: 'sha256', fits: key => isEc(key, 'prime256v1'), how: { dsaEncoding: 'ieee-p1363' } },
  ES384: { hash: 'sha384', fits: key => isEc(key, 'secp384r1'), how: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { hash: null, fits: key => key.asymmetricKeyType === 'ed25519', how: {} },
}

export type JwtAsk = {
  /** The first that fits the key unless told. */
  algorithm?: JwtAlgorithm
  /** PEM, as `readSigningKey` takes it. */
  key: string
  keyId?: string | undefined
  claims: Record<string, string | number>
}

/** A signed JWT (RFC 7519, JWS compact form). Undefined when the key is none, or not one for that algorithm. */
export function signJwt({ algorithm, key: pem, keyId, claims }: JwtAsk): string | undefined {
  const key = readSigningKey(pem)
  const known: JwtAlgorithm[] = ['RS256', 'ES256', 'ES384', 'EdDSA']
  const alg = algorithm ?? known.find(each => key && algorithms[each].fits(key))
  if (!key || !alg || !algorithms[alg].fits(key)) return undefined
  const { hash, how } = algorithms[alg]
  const header = { alg, typ: 'JWT', ...(keyId && { kid: keyId }) }
  const text = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign(hash, Buffer.from(text), { key, ...how }).toString('base64url')}`
}

function isRsa(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa'
}

function isEc(key: KeyObject, curve: string): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === curve
}
