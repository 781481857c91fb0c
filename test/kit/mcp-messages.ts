/** Messages as clients of both eras write them. */
import { legacyVersions, meta, modernVersion } from '../../src/http/mcp/protocol.ts'

export type Fields = Record<string, unknown>
/** Header names in lower case; undefined takes a header away. */
export type HeaderChanges = Record<string, string | undefined>
export type McpMessage = { headers: Record<string, string>; body: string }

const plainHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** A request of the 2025 era. `changes` are made to its top-level fields last. */
export function legacy(
  method: string,
  params?: unknown,
  headers: HeaderChanges = {},
  changes: Fields = {},
): McpMessage {
  const [newest = ''] = legacyVersions
  return message(
    { ...plainHeaders, 'mcp-protocol-version': newest, ...headers },
    { jsonrpc: '2.0', id: 1, method, params, ...changes },
  )
}

/** A request of 2026-07-28 with its envelope and headers. `envelope` is merged over its `_meta`. */
export function modern(
  method: string,
  params: Fields = {},
  headers: HeaderChanges = {},
  envelope: Fields = {},
  changes: Fields = {},
): McpMessage {
  const about = {
    [meta.protocolVersion]: modernVersion,
    [meta.clientInfo]: { name: 'some-client', version: '1.0.0' },
    [meta.clientCapabilities]: {},
    ...envelope,
  }
  const name = params.name ?? params.uri
  return message(
    {
      ...plainHeaders,
      'mcp-protocol-version': modernVersion,
      'mcp-method': method,
      'mcp-name': typeof name === 'string' ? name : undefined,
      ...headers,
    },
    { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: about }, ...changes },
  )
}

/** The same headers with a body that is written by hand. */
export function withBody({ headers }: McpMessage, body: string): McpMessage {
  return { headers, body }
}

function message(headers: HeaderChanges, body: Fields): McpMessage {
  const sent = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined)
  return { headers: Object.fromEntries(sent), body: JSON.stringify(body) }
}
