import { isUtf8 } from 'node:buffer'
import type { KeyHolder } from './accounts.ts'
import { type Answer, ok, refused } from './answer.ts'
import type { RateLimiter } from './rate-limit.ts'
import { type Call, router } from './router.ts'
import { fileRoutes } from './routes/files.ts'
import { issueRoutes } from './routes/issues.ts'
import { mailRoutes } from './routes/mail.ts'
import { meRoutes } from './routes/me.ts'
import { paymentRoutes } from './routes/payments.ts'
import { reportRoutes } from './routes/reports.ts'

/** The one version of the API. A request may name it in `sandbox-version`; no other is known. */
export const apiVersion = '2026-01-01'

export type ApiRequest = {
  method: string
  /** With its query. */
  path: string
  headers: Record<string, string>
  body: Buffer
  /** What came in, when the body was a file; then `body` is empty. */
  taken?: Call['taken']
}

export type Api = {
  /** Whose key or access token this is. */
  holderOf(key: string, nowMs: number): KeyHolder | undefined
  rateLimiter: RateLimiter | undefined
  baseUrl: string
  pageSize: number
}

const findRoute = router([...meRoutes, ...mailRoutes, ...issueRoutes, ...paymentRoutes, ...fileRoutes, ...reportRoutes])

/** Answers a request and applies it to the store, at once. Only a valid key counts against the rate limit. */
export function answerApi(api: Api, request: ApiRequest, nowMs: number): Answer {
  const key = keyOf(request.headers)
  const holder = key === undefined ? undefined : api.holderOf(key, nowMs)
  if (!key || !holder || holder.revoked || !api.rateLimiter) return answerRoute(api, request, holder, nowMs)

  const { allowed, headers } = api.rateLimiter.take(key, nowMs)
  const answer = allowed
    ? answerRoute(api, request, holder, nowMs)
    : refused(429, 'rate_limited', `Too many requests. Come back in ${headers['retry-after']} seconds.`)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

function answerRoute(api: Api, request: ApiRequest, holder: KeyHolder | undefined, nowMs: number): Answer {
  const { method, headers } = request
  const question = request.path.indexOf('?')
  const path = question === -1 ? request.path : request.path.slice(0, question)
  if (path === '/status' && (method === 'GET' || method === 'HEAD')) return ok({ status: 'ok', version: apiVersion })

  const match = findRoute(method, path)
  if ('allowed' in match) return noRoute(path === '/status' ? ['GET'] : match.allowed)
  if (!holder)
    return unauthorized('invalid_key', 'Send a valid API key or access token as `Authorization: Bearer <it>`.')
  if (holder.revoked) return unauthorized('revoked_key', 'This API key was revoked.')
  const { scope } = match.route
  if (scope && !holder.scopes.includes(scope)) {
    return refused(403, 'missing_scope', `This API key lacks the scope "${scope}".`, { needed: scope })
  }
  const version = headers['sandbox-version'] ?? apiVersion
  if (version !== apiVersion) return refused(400, 'unknown_version', `The only version is ${apiVersion}.`)
  const { taken } = request
  const parsed =
    !taken && (method === 'POST' || method === 'PATCH')
      ? parseJson(headers['content-type'], request.body)
      : { value: {} }
  if ('status' in parsed) return parsed

  const call: Call = {
    account: holder.account,
    scopes: holder.scopes,
    params: match.params,
    query: new URLSearchParams(question === -1 ? '' : request.path.slice(question)),
    body: parsed.value,
    method,
    headers,
    ...(taken && { taken }),
    nowMs,
    baseUrl: api.baseUrl,
    pageSize: api.pageSize,
  }
  return match.route.answer(call)
}

/** The bearer token of RFC 6750, section 2.1. */
export function keyOf(headers: Record<string, string>): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

/** The JSON of a body; an empty body counts as `{}`. */
export function parseJson(contentType: string | undefined, body: Buffer): { value: unknown } | Answer {
  if (!body.length) return { value: {} }
  if (!/^application\/([\w.-]+\+)?json *(;|$)/i.test(contentType ?? '')) {
    return refused(415, 'unsupported_media_type', 'Send the body as `content-type: application/json`.')
  }
  try {
    if (isUtf8(body)) return { value: JSON.parse(body.toString()) }
  } catch {}
  return refused(400, 'malformed_json', 'The body is not JSON in UTF-8.')
}

export function unauthorized(code: string, message: string): Answer {
  return { ...refused(401, code, message), headers: { 'www-authenticate': 'Bearer realm="sandbox"' } }
}

function noRoute(allowed: readonly string[]): Answer {
  if (!allowed.length) return refused(404, 'not_found', 'There is nothing at this path.')
  const methods = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed
  const answer = refused(405, 'method_not_allowed', `This path takes ${methods.join(', ')}.`)
  return { ...answer, headers: { allow: methods.join(', ') } }
}
