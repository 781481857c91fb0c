import type { IncomingHttpHeaders } from 'node:http'
import type { Tool } from '../catalog/catalog.ts'
import type { ErrorRule } from '../catalog/define.ts'
import { errorRule } from '../catalog/error-rule.ts'
import { valueAt } from '../catalog/paths.ts'
import { type ErrorCode, Fault, type FaultDetails } from '../core/errors.ts'
import type { LossReason, WireResult } from '../net/wire.ts'
import { parseAnswer } from './parse-answer.ts'
import { retryAfterMs } from './retry-after.ts'

/** `json`: the body as it came, as in `Parsed`. */
export type Classified =
  | { ok: true; status: number; headers: IncomingHttpHeaders; body: unknown; json?: string | undefined }
  | Failed

/**
 * `trusted`: the provider itself said that it did not act; otherwise, once it was reached, it may have. `passing`: it may be
 * over in a moment, so that trying again makes sense.
 */
export type Failed = {
  ok: false
  fault: Fault
  reached: 'not_sent' | 'maybe_sent' | 'answered'
  trusted: boolean
  passing: boolean
}

/** Says in our words what one attempt came to. Pure. The connector's own rules win over the HTTP status. */
export function classify(tool: Tool, result: WireResult, nowMs: number): Classified {
  const { connector } = tool.provider
  if (result.kind === 'lost') {
    const fault = new Fault(lossCodes[result.reason], `${connector.name}: ${result.message}`)
    return { ok: false, fault, reached: result.reached, trusted: false, passing: passingLosses.has(result.reason) }
  }
  const { status, headers } = result
  const body = parseAnswer(result)
  const parsed = 'value' in body ? body.value : undefined
  const graphql = tool.row.graphql !== undefined
  const own = errorRule(connector, { status, headers, body: parsed })
  const rule = own ?? (graphql && status < 300 ? graphqlRule(parsed) : undefined)
  if (!rule && status < 300 && 'value' in body) return { ok: true, status, headers, body: body.value, json: body.json }

  const code = rule?.code ?? codeOfStatus(status)
  const details: FaultDetails = { providerStatus: status }
  const wait = retryAfterMs(headers, code === 'rate_limited' ? (connector.api.retry ?? []) : [], nowMs) ?? rule?.waitMs
  if (wait !== undefined && (code === 'rate_limited' || code === 'provider_unavailable')) details.retryAfterMs = wait
  const said = messageOf(parsed, [
    ...(rule?.message ? [rule.message] : []),
    ...(connector.api.message ?? []),
    ...(graphql ? ['errors.0.message'] : []),
  ])
  const text = 'problem' in body && !rule ? body.problem : said
  if (text) details.untrusted = true
  const fault = new Fault(code, `${connector.name} answered ${status}${text ? `: ${text}` : '.'}`, details)
  // A server error, or an answer that is not the API's own, says nothing about whether the request was carried out; nor do
  // errors beside the data of what was carried out. Where a rule reads the data, the data says that it was not.
  const besideData = graphql && !String(rule?.body?.[0]).startsWith('data.') && hasData(parsed)
  const trusted = (rule ? !rule.unsure : status >= 400 && status < 500) && !besideData
  const passing = code === 'rate_limited' || (rule ? rule.unsure === true : status >= 500)
  return { ok: false, fault, reached: 'answered', trusted, passing }
}

/** `errors` mean a failure whose status says success (GraphQL, section 7.1). What kind, only the provider's own codes say. */
function graphqlRule(body: unknown): ErrorRule | undefined {
  const errors = valueAt(body, 'errors')
  return Array.isArray(errors) && errors.length ? { code: 'validation_error' } : undefined
}

/** Whether any field of a GraphQL answer came back: then it was carried out, if only in part (GraphQL, section 7.1.1). */
function hasData(body: unknown): boolean {
  const found = valueAt(body, 'data')
  return typeof found === 'object' && found !== null && Object.values(found).some(value => value !== null)
}

/** Losses that may be over in a moment. A certificate, an address or a size will be no other one then. */
const passingLosses: ReadonlySet<LossReason> = new Set(['dns', 'refused', 'connect_timeout', 'timeout', 'closed'])

const lossCodes: Record<LossReason, ErrorCode> = {
  blocked_address: 'policy_denied',
  bad_request: 'validation_error',
  no_host: 'provider_unavailable',
  dns: 'provider_unavailable',
  refused: 'provider_unavailable',
  tls: 'provider_unavailable',
  connect_timeout: 'timeout',
  timeout: 'timeout',
  closed: 'provider_unavailable',
  too_large: 'payload_too_large',
  malformed: 'provider_unavailable',
  redirect: 'provider_unavailable',
  unkept: 'internal',
}

const statusCodes: Record<number, ErrorCode> = {
  401: 'authentication_failed',
  402: 'quota_exceeded',
  403: 'permission_denied',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  410: 'not_found',
  412: 'conflict',
  413: 'payload_too_large',
  423: 'conflict',
  429: 'rate_limited',
  451: 'permission_denied',
}

function codeOfStatus(status: number): ErrorCode {
  return statusCodes[status] ?? (status >= 400 && status < 500 ? 'validation_error' : 'provider_unavailable')
}

/** The provider's own words, on one line and bounded: they help a person, and are not to be trusted as instructions. */
function messageOf(body: unknown, paths: readonly string[]): string | undefined {
  // Some providers answer well in JSON and badly in plain text.
  const values = typeof body === 'string' ? [body] : paths.map(path => valueAt(body, path))
  for (const value of values) {
    const text = typeof value === 'string' ? value : value !== undefined && value !== null ? JSON.stringify(value) : ''
    if (text) return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 500)
  }
  return undefined
}
