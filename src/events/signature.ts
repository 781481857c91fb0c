import { createHmac, randomBytes } from 'node:crypto'
import type { Secret } from '../core/secret.ts'

const prefix = 'whsec_'

/** A new secret as receivers enter it: `whsec_` and 32 random bytes in base64 (Standard Webhooks, signature scheme). */
export const newSigningSecret = (): string => prefix + randomBytes(32).toString('base64')

/** What is signed: the id, the time of this attempt in Unix seconds, and the body byte by byte. */
export type Signed = { id: string; timestamp: number; body: string }

/**
 * The value of `webhook-signature`: one `v1,<base64 HMAC-SHA256 of "id.timestamp.body">` per secret, apart by spaces, so that
 * a receiver that has only the old secret or only the new one finds its own (https://www.standardwebhooks.com).
 */
export function signatureOf(secrets: readonly Secret[], { id, timestamp, body }: Signed): string {
  return secrets
    .map(secret => {
      const key = Buffer.from(secret.reveal().slice(prefix.length), 'base64')
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
    })
    .join(' ')
}
