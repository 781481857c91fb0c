import type { IncomingHttpHeaders } from 'node:http'
import { isIdempotencyKey, notAKey } from '../../calls/idempotency/key.ts'
import type { Fault } from '../../core/errors.ts'

export const idempotencyHeader = 'Idempotency-Key'

/**
 * The caller's idempotency key, if it gave one: a string in quotation marks (RFC 9651, section 3.3.3), as
 * draft-ietf-httpapi-idempotency-key-header has it, or the bare text that most clients send. Both name the same key. The
 * header given twice arrives as one with a comma, which no bare key has.
 */
export function idempotencyKeyIn(headers: IncomingHttpHeaders): string | undefined | Fault {
  const sent = headers['idempotency-key']
  if (sent === undefined) return undefined
  const text = String(sent).trim()
  const [, quoted] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text) ?? []
  const key = quoted?.replace(/\\(.)/g, '$1') ?? (/^[^\s",]+$/.test(text) ? text : '')
  return isIdempotencyKey(key) ? key : notAKey(idempotencyHeader, ', bare or in quotes')
}
