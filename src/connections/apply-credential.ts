import { createHash } from 'node:crypto'
import type { Auth, Place } from '../catalog/auth.ts'
import { fillText, namesIn, type Values } from '../catalog/fill-url.ts'
import { mask } from '../core/secret.ts'
import type { WireRequest } from '../net/wire.ts'
import type { Credential } from './credential.ts'
import { maskedOAuth1, signOAuth1 } from './oauth/sign-oauth1.ts'

/** What a request needs to be the connection's own. Made for one request and dropped with it. */
export type Applied = {
  headers: Record<string, string>
  query?: Record<string, string>
  /** SHA-256 of the client certificate to show, in hex. */
  certificate?: string
  /** Every secret text that travels with it: what an answer must not repeat. */
  secrets: string[]
}

export type SignedRequest = Pick<
  WireRequest,
  'method' | 'url' | 'headers' | 'body' | 'sink' | 'redirects' | 'timeoutMs'
>

const bearer: Place = { headers: { authorization: 'Bearer {access_token}' } }
const nowhere: Place = {}

/** Where the credential goes in each request of this way to authenticate. */
export function placeOf(auth: Auth): Place {
  if (auth.kind === 'oauth1') return nowhere
  if (auth.kind === 'mtls') return auth.place ?? nowhere
  return auth.place ?? bearer
}

/** Puts a credential where its provider wants it. Undefined when the credential lacks a part. */
export function applyCredential(
  auth: Auth,
  credential: Credential,
  values: Values,
  request: SignedRequest,
  nowMs: number,
): Applied | undefined {
  if (auth.kind === 'oauth1') return signOAuth1(auth, credential, request, nowMs)
  const secrets: string[] = []
  const lookUp = (name: string) => {
    const part = credential.reveal(name)
    if (part) secrets.push(part)
    return part ?? values[name]
  }
  const { headers, query, basic } = placeOf(auth)
  const filled = headers ? fillAll(headers, lookUp) : {}
  const inUrl = query && fillAll(query, lookUp)
  if (!filled || (query && !inUrl)) return undefined
  if (basic) {
    const [user, password] = basic.map(template => fillText(template, lookUp))
    if (user === undefined || password === undefined) return undefined
    const pair = Buffer.from(`${user}:${password}`).toString('base64')
    secrets.push(pair)
    filled.authorization = `Basic ${pair}`
  }
  const applied: Applied = { headers: filled, secrets }
  if (inUrl) applied.query = inUrl
  const certificate = auth.kind === 'mtls' && credential.reveal('certificate')
  if (certificate) applied.certificate = createHash('sha256').update(certificate).digest('hex')
  return applied
}

/** The same as a preview shows it: what is secret as `•••`. */
export function maskedCredential(auth: Auth, values: Values): { headers: Record<string, string>; query: string } {
  if (auth.kind === 'oauth1') return { headers: { authorization: maskedOAuth1 }, query: '' }
  const shown = (name: string) => values[name] ?? mask
  const { headers = {}, query = {}, basic } = placeOf(auth)
  const masked = fillAll(headers, shown) ?? {}
  if (basic) masked.authorization = `Basic ${mask}`
  const pairs = Object.entries(fillAll(query, shown) ?? {}).map(([name, value]) => `${name}=${value}`)
  return { headers: masked, query: pairs.join('&') }
}

/** What in a part or value would not fit where it goes in a request (RFC 9110, 5.5; RFC 7617, 2), if anything. */
export function unfitPart(
  auth: Auth,
  lookUp: (name: string) => string | undefined,
): { field: string; problem: string } | undefined {
  const { headers = {}, basic = [] } = placeOf(auth)
  for (const name of Object.values(headers).flatMap(namesIn)) {
    const problem = unfitForHeader(lookUp(name) ?? '')
    if (problem && lookUp(name) !== undefined) return { field: name, problem }
  }
  for (const [at, template] of basic.entries()) {
    for (const name of namesIn(template)) {
      const value = lookUp(name) ?? ''
      if (/\p{Cc}/u.test(value)) return { field: name, problem: 'holds a control character' }
      if (at === 0 && value.includes(':')) return { field: name, problem: 'must not hold a colon' }
    }
  }
  return undefined
}

/** What makes a text unfit to be sent in a header, or undefined when it is fit. */
export function unfitForHeader(text: string): string | undefined {
  if (text === '') return 'is empty'
  if (/[\r\n]/.test(text)) return 'holds a line break'
  return /^[\x21-\x7e]+$/.test(text) ? undefined : 'holds a space or a character that a header cannot carry'
}

function fillAll(
  templates: Record<string, string>,
  lookUp: (name: string) => string | undefined,
): Record<string, string> | undefined {
  const filled: Record<string, string> = {}
  for (const name in templates) {
    const text = fillText(templates[name] ?? '', lookUp)
    if (text === undefined) return undefined
    filled[name] = text
  }
  return filled
}
