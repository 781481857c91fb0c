import { type ClientMetadata, errors } from 'oidc-provider'
import { clientAuthMethods, grantTypes } from './metadata.ts'

/** Of what a client may say about itself (RFC 7591) this is looked at. Nothing here makes ClawLink fetch anything. */
const kept = new Set([
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'client_name',
  'client_uri',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'application_type',
  'software_id',
  'software_version',
])

const redirectsMax = 20
const textMax = 2000
/** Schemes that a browser itself acts on: a redirect to one of them never reaches a program. */
const browserSchemes =
  /^(javascript|vbscript|data|blob|file|filesystem|about|view-source|ftp|wss?|mailto|tel|sms|intent|jar|chrome|edge|resource|moz-extension|chrome-extension|ms-[a-z-]+):$/

/**
 * Brings what clients really send into the form that fits them, before it is checked; in place, and the same when repeated.
 * A client with a redirect to a program on the person's machine is native whatever it says (RFC 8252), so that its port is
 * ignored; grant types and scopes that are not there are left out; a document's client is public unless it says otherwise.
 * Throws what the client is told.
 */
export function settleClientMetadata(metadata: ClientMetadata): void {
  for (const name of Object.keys(metadata)) if (!kept.has(name)) Reflect.deleteProperty(metadata, name)
  for (const [name, value] of Object.entries(metadata))
    if (typeof value === 'string' && value.length > textMax) refuse(`${name} is too long`)

  const wanted = strings(metadata.grant_types).filter(type => grantTypes.includes(type))
  metadata.grant_types = wanted.length ? wanted : ['authorization_code', 'refresh_token']
  metadata.response_types = metadata.grant_types.includes('authorization_code') ? ['code'] : []
  const method = metadata.token_endpoint_auth_method
  if (isDocument(metadata.client_id) && method !== 'none' && clientAuthMethods.some(each => each === method))
    metadata.token_endpoint_auth_method = 'none'

  const redirects = strings(metadata.redirect_uris)
  if (redirects.length > redirectsMax) refuse(`redirect_uris may hold at most ${redirectsMax}`)
  const urls = redirects.map(
    uri => (uri.length <= textMax ? URL.parse(uri) : null) ?? refuse('redirect_uris must be URLs'),
  )
  for (const url of urls) {
    if (url.username || url.password) refuse('redirect_uris may hold no user name')
    if (browserSchemes.test(url.protocol)) refuse(`redirect_uris may not use ${url.protocol}`)
  }
  metadata.application_type = urls.every(url => url.protocol === 'https:') ? 'web' : 'native'
}

/** Whether a client is named by the URL of a document of its own (CIMD). */
export const isDocument = (clientId: string): boolean => clientId.startsWith('https://')

function strings(list: unknown): string[] {
  return Array.isArray(list) ? list.filter(each => typeof each === 'string') : []
}

function refuse(problem: string): never {
  throw new errors.InvalidClientMetadata(problem)
}
