import type { Tool } from './catalog.ts'
import { type BadInput, fillTemplate } from './template.ts'

/** One HTTP request to a provider, before a credential is put into it. Header names are lower-case. */
export type ProviderRequest = { method: string; url: string; headers: Record<string, string>; body?: string }

/**
 * Builds the request of one call. Pure: no clock, no network, no secrets. `callId` fills the provider's own idempotency
 * key, so every attempt of one call carries the same value.
 */
export function buildRequest(tool: Tool, args: Record<string, unknown>, callId: string): ProviderRequest | BadInput {
  const { connector, base } = tool.provider
  const path = fillTemplate(tool.template, args)
  if (typeof path !== 'string') return path
  const headers: Record<string, string> = {
    accept: 'application/json',
    'user-agent': 'ClawLink',
    ...connector.api.headers,
  }
  if (typeof tool.idempotency === 'object') headers[tool.idempotency.header.toLowerCase()] = callId
  const request: ProviderRequest = { method: tool.template.method, url: base + path, headers }
  const body = bodyOf(tool, args)
  if (body !== undefined) {
    headers['content-type'] = 'application/json'
    request.body = body
  }
  return request
}

function bodyOf(tool: Tool, args: Record<string, unknown>): string | undefined {
  const { method } = tool.template
  if (method === 'GET' || method === 'HEAD') return undefined
  const rest = Object.entries(args).filter(([name, value]) => value !== undefined && !tool.inUrl.has(name))
  // A POST without inputs still says that its body is an empty object: some providers refuse a missing one.
  return rest.length || method !== 'DELETE' ? JSON.stringify(Object.fromEntries(rest)) : undefined
}
