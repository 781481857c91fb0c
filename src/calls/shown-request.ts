import type { ProviderRequest } from '../catalog/request.ts'
import { maskedCredential } from '../connections/apply-credential.ts'
import { authOf, valuesOf } from '../connections/auth-of.ts'
import { Fault } from '../core/errors.ts'
import { jsonOrUndefined } from '../core/json.ts'
import type { ReadyCall } from './call.ts'

/** A request as people and agents may see it. `body` is parsed JSON, or the text of a form. `file`: what follows it. */
export type ShownRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body?: unknown
  file?: string
}

/** Exactly what would be sent, with the credential as `•••`. */
export function shownRequest({ tool, connection }: ReadyCall, request: ProviderRequest): ShownRequest | Fault {
  const auth = authOf(tool.provider, connection)
  if (auth instanceof Fault) return auth
  const { method, url, headers, body, upload } = request
  const masked = maskedCredential(auth, valuesOf(tool.provider, connection))
  return {
    method,
    url: masked.query ? `${url}${url.includes('?') ? '&' : '?'}${masked.query}` : url,
    headers: { ...headers, ...masked.headers },
    ...(body !== undefined && { body: jsonOrUndefined(body) ?? body }),
    ...(upload && { [body === undefined ? 'body' : 'file']: upload.shown }),
  }
}
