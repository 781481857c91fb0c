import type { ErrorCode } from '../../core/errors.ts'
import { Fault } from '../../core/errors.ts'

/** What a provider sent back with the browser, still to be believed. */
export type Callback = {
  /** The `state`, when there is exactly one that could be ours. */
  state: string | undefined
  /** Whether a parameter is there more than once, which RFC 6749, 3.1 forbids: who reads the other one may differ. */
  repeated: boolean
  params: ReadonlyMap<string, string>
}

/** Reads the query of a redirect back. Pure. */
export function readCallback(search: string): Callback {
  const query = new URLSearchParams(search)
  const names = [...query.keys()]
  const states = query.getAll('state')
  const [state = ''] = states
  return {
    state: states.length === 1 && /^[\w-]{43}$/.test(state) ? state : undefined,
    repeated: new Set(names).size !== names.length,
    params: new Map(query),
  }
}

/**
 * Why there is no code, by what the provider says (RFC 6749, 4.1.2.1; Twitter and others for OAuth 1.0a). Pure. Of its own
 * words only the bare error code is repeated: anybody could have written the rest into the link.
 */
export function callbackFault(name: string, { params }: Callback): Fault | undefined {
  const error =
    params.get('error') ?? params.get('oauth_problem') ?? (params.has('denied') ? 'access_denied' : undefined)
  if (error === undefined) return undefined
  const again = { fix: 'Try again when you are ready.' }
  if (/^(access_denied|user_denied|permission_denied|user_refused|consent_required|login_required)$/.test(error))
    return new Fault('permission_denied', `The access was not allowed at ${name}. Nothing was connected.`, again)
  const told = /^[\w.-]{1,60}$/.test(error) ? ` (${error})` : ''
  const [code, what] = kinds.get(error) ?? ['provider_unavailable', 'could not go on']
  return new Fault(code, `${name} ${what}${told}. Nothing was connected.`, again)
}

const refusedApp: [ErrorCode, string] = ['authentication_failed', 'does not accept this OAuth app']

const kinds = new Map<string, [ErrorCode, string]>([
  ['invalid_scope', ['validation_error', 'does not give one of the scopes that were asked for']],
  ['invalid_request', ['validation_error', 'does not accept how it was asked']],
  ['unauthorized_client', refusedApp],
  ['invalid_client', refusedApp],
  ['redirect_uri_mismatch', ['authentication_failed', 'does not know the redirect address of this OAuth app']],
])
