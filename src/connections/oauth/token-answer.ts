import type { TokenAnswerFacts, TokenFacts } from '../../catalog/auth.ts'
import { valueAt } from '../../catalog/paths.ts'
import type { WireAnswer } from '../../net/wire.ts'
import type { Params } from './fill-params.ts'
import type { Grant } from './grant.ts'
import { parseTokenBody } from './parse-token-body.ts'
import { providerWords } from './provider-words.ts'
import { meaningOf, refusal, type TokenRefusal } from './refusal.ts'
import { tokenExpiry } from './token-expiry.ts'
import { refreshesByAccessToken } from './token-request.ts'

/** What a connection gets from a token endpoint. */
export type TokenSet = {
  /** The whole credential from now on: what was there, with what is new. */
  parts: Record<string, string>
  /** Unix milliseconds; null when the token counts as lasting. */
  expiresAt: number | null
  /** As the provider reported them; null when it did not. */
  scopes: string[] | null
  /** To be remembered beside the credential. Nothing secret. */
  metadata: Record<string, string>
  /** Whether it can be had anew without a person. */
  refreshable: boolean
}

export type AskedFor = {
  /** What people call the provider. */
  name: string
  facts: Pick<TokenFacts, 'answer' | 'lifetimeS' | 'keep' | 'refreshParams'>
  grant: Grant['grant']
  /** The credential that the request was made with. */
  parts: Params
  askedAtMs: number
  /** Every secret text of the request. */
  secrets: readonly string[]
}

type Answer = Pick<WireAnswer, 'status' | 'headers'> & { text: string }

/** What a token endpoint's answer means (RFC 6749, 5.1 and 5.2, and the ways in which providers depart from it). Pure. */
export function readTokenAnswer(answer: Answer, asked: AskedFor): TokenSet | TokenRefusal {
  const { name, grant, facts, secrets } = asked
  const { status, headers } = answer
  if (status >= 300 && status < 400) {
    return refusal('other', { name, status, words: 'a redirect, which is not followed with secrets.' })
  }
  const body = parseTokenBody(answer.text)
  const at = reader(body, facts.answer ?? {}, grant)
  const good = facts.answer?.good && isGood(body, facts.answer.good)
  const code = good ? undefined : at.error()
  const ok = status >= 200 && status < 300 && (good ?? code === undefined)
  const accessToken = ok ? token(at.value('accessToken')) : undefined
  if (accessToken === undefined) {
    const words = [...new Set([providerWords(code, secrets), providerWords(at.errorText(), secrets)])].filter(Boolean)
    const retryAfterMs = delayOf(headers['retry-after'])
    return refusal(meaningOf(code, status), {
      name,
      status,
      words: words.join(': ') || undefined,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
  }
  const brought = grant === 'client_credentials' || grant === 'jwt_bearer'
  const refreshToken = brought ? undefined : token(at.value('refreshToken'))
  const parts = { ...asked.parts, access_token: accessToken, ...(refreshToken && { refresh_token: refreshToken }) }
  const times = { expiresAt: at.value('expiresAt'), expiresIn: at.value('expiresIn') }
  return {
    parts,
    expiresAt: tokenExpiry(times, { askedAtMs: asked.askedAtMs, lifetimeS: facts.lifetimeS }),
    scopes: scopesOf(at.value('scope')),
    metadata: keptValues(body, facts.keep, [...secrets, ...Object.values(parts)]),
    refreshable: brought || 'refresh_token' in parts || refreshesByAccessToken(facts),
  }
}

/** Values at these paths that may be remembered in the open: short texts, and none that is or holds one of the secrets. */
export function keptValues(
  body: unknown,
  keep: Readonly<Record<string, string>> = {},
  secrets: readonly string[] = [],
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, path] of Object.entries(keep)) {
    const value = valueAt(body, path)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue
    const text = String(value)
    const fits = text !== '' && text.length <= 2000 && text.isWellFormed() && !/\p{Cc}/u.test(text)
    if (fits && !secrets.some(secret => secret.length >= 8 && text.includes(secret))) kept[name] = text
  }
  return kept
}

const standard = {
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  expiresIn: 'expires_in',
  expiresAt: undefined,
  scope: 'scope',
}

/** Where errors stand, other than where RFC 6749 puts them. The first that is there counts. */
const errorPaths = ['error', 'error.code', 'error.type', 'error_code']
const errorTextPaths = ['error_description', 'error.message', 'error_message', 'message', 'errors.0.message']

function reader(body: unknown, facts: TokenAnswerFacts, grant: Grant['grant']) {
  const first = (paths: readonly string[]) => paths.map(path => valueAt(body, path)).find(isSaid)
  return {
    /** Some answer a refresh in the plain shape though the first answer has another one. */
    value(field: keyof typeof standard): unknown {
      const own = facts[field]
      const usual = standard[field]
      const found = own === undefined ? undefined : valueAt(body, own)
      return found !== undefined || !usual || (own !== undefined && grant !== 'refresh') ? found : valueAt(body, usual)
    },
    error(): string | undefined {
      const said = first(facts.error ? [facts.error] : errorPaths)
      return said === undefined ? undefined : String(said)
    },
    errorText: () => first(facts.errorText ? [facts.errorText, ...errorTextPaths] : errorTextPaths),
  }
}

const isSaid = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || (typeof value === 'number' && value !== 0) || value === true

const isGood = (body: unknown, [path, value]: readonly [string, string | number | boolean]): boolean =>
  String(valueAt(body, path)) === String(value)

/** A token has to fit into a header (RFC 6750, 2.1, is stricter than providers are). */
function token(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^[\x20-\x7e]+$/.test(text) && text.trim() === text ? text : undefined
}

function scopesOf(value: unknown): string[] | null {
  const list = typeof value === 'string' ? value.split(/[\s,]+/) : Array.isArray(value) ? value : undefined
  return list ? [...new Set(list.filter(each => typeof each === 'string' && each !== ''))] : null
}

/** Seconds of a Retry-After (RFC 9110, 10.2.3), as milliseconds. */
function delayOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined
}
