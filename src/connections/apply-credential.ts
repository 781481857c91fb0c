import type { Auth } from '../catalog/define.ts'
import { mask, type Secret } from '../core/secret.ts'

/** The headers that carry a credential to its provider. Made for one request and dropped with it. */
export function credentialHeaders(auth: Auth, secret: Secret): Record<string, string> {
  return { [auth.header]: auth.format.replace('{secret}', () => secret.reveal()) }
}

/** The same headers as a preview shows them. */
export function maskedHeaders(auth: Auth): Record<string, string> {
  return { [auth.header]: auth.format.replace('{secret}', mask) }
}

/** What makes a text unfit to be sent in a header (RFC 9110, 5.5), or undefined when it is fit. */
export function unfitForHeader(text: string): string | undefined {
  if (text === '') return 'is empty'
  if (/[\r\n]/.test(text)) return 'holds a line break'
  return /^[\x21-\x7e]+$/.test(text) ? undefined : 'holds a space or a character that a header cannot carry'
}
