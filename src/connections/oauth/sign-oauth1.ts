import { randomBytes } from 'node:crypto'
import type { OAuth1 } from '../../catalog/auth.ts'
import { mask } from '../../core/secret.ts'
import type { WireRequest } from '../../net/wire.ts'
import type { Credential } from '../credential.ts'
import { authorizationOf } from './oauth1-signature.ts'

/** What a preview shows in place of a signed header. */
export const maskedOAuth1 = `OAuth ${mask}`

type ToSign = Pick<WireRequest, 'method' | 'url' | 'headers' | 'body'>

/**
 * Signs a request with the parts `client_id`, `client_secret`, `access_token` and `token_secret` (RFC 5849, 3.1). Undefined
 * when one is missing.
 */
export function signOAuth1(
  { signature = 'HMAC-SHA1' }: Pick<OAuth1, 'signature'>,
  credential: Credential,
  { method, url, headers, body }: ToSign,
  nowMs: number,
): { headers: Record<string, string>; secrets: string[] } | undefined {
  const [clientId, clientSecret, token, tokenSecret] = [
    credential.reveal('client_id'),
    credential.reveal('client_secret'),
    credential.reveal('access_token'),
    credential.reveal('token_secret'),
  ]
  if (!clientId || clientSecret === undefined || !token || tokenSecret === undefined) return undefined
  // A form is a text; what is streamed is none, and not part of what is signed.
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const form = isForm && typeof body === 'string' ? [...new URLSearchParams(body)] : []
  const client = { clientId, clientSecret, token, tokenSecret }
  const signed = authorizationOf({ method, url, by: signature, ...client, form, nonce: newNonce(), nowMs })
  return { headers: { authorization: signed.header }, secrets: [...credential.secrets(), signed.signature] }
}

export const newNonce = (): string => randomBytes(16).toString('hex')
