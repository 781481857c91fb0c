import type { Tool } from './catalog.ts'
import { fillText, fillUrl, namesIn, type Values } from './fill-url.ts'
import { formOf } from './form-body.ts'
import { type BadInput, fillTemplate } from './template.ts'

/** One HTTP request to a provider, before a credential is put into it. Header names are lower-case. */
export type ProviderRequest = { method: string; url: string; headers: Record<string, string>; body?: string }

/**
 * Builds the request of one call. Pure: no clock, no network, no secrets. `callId` fills the provider's own idempotency
 * key, so every attempt of one call carries the same value. `values` are what the connection knows.
 */
export function buildRequest(
  tool: Tool,
  args: Record<string, unknown>,
  callId: string,
  values: Values = {},
): ProviderRequest | BadInput {
  const { connector, base } = tool.provider
  const path = fillTemplate(tool.template, args)
  if (typeof path !== 'string') return path
  const origin = base.includes('{') ? fillUrl(base, values, connector.hosts) : base
  if (typeof origin !== 'string') return origin
  const headers: Record<string, string> = {
    accept: 'application/json',
    'user-agent': 'ClawLink',
    ...connector.api.headers,
  }
  if (tool.provider.fillsHeaders) fillHeaders(headers, values)
  if (typeof tool.idempotency === 'object') headers[tool.idempotency.header.toLowerCase()] = callId
  const request: ProviderRequest = { method: tool.template.method, url: origin + path, headers }
  const body = bodyOf(tool, args)
  if (body !== undefined) {
    headers['content-type'] = body.type
    request.body = body.text
  }
  return request
}

/** A header whose value the connection does not know is left out: not every way to connect tells everything. */
export function fillHeaders(headers: Record<string, string>, values: Values): void {
  for (const [name, template] of Object.entries(headers)) {
    if (!namesIn(template).length) continue
    const text = fillText(template, value => values[value])
    if (text === undefined) delete headers[name]
    else headers[name] = text
  }
}

function bodyOf(tool: Tool, args: Record<string, unknown>): { type: string; text: string } | undefined {
  const { method } = tool.template
  if (method === 'GET' || method === 'HEAD') return undefined
  const { graphql } = tool.row
  if (graphql !== undefined) return { type: json, text: JSON.stringify({ query: graphql, variables: args }) }
  const rest = Object.entries(args).filter(([name, value]) => value !== undefined && !tool.inUrl.has(name))
  if (tool.provider.connector.api.body === 'form')
    return rest.length ? { type: 'application/x-www-form-urlencoded', text: formOf(rest) } : undefined
  // A POST without inputs still says that its body is an empty object: some providers refuse a missing one.
  return rest.length || method !== 'DELETE' ? { type: json, text: JSON.stringify(Object.fromEntries(rest)) } : undefined
}

const json = 'application/json'
