import type { TestClawLink } from './clawlink.ts'
import { legacy, type McpMessage } from './mcp-messages.ts'
import { type HttpAnswer, type HttpRequest, sendHttp } from './send-http.ts'

export type Said = { id?: unknown; result?: Record<string, unknown>; error?: { code: number } }

/** MCP without a client library: requests to `/mcp` as they are written, and the messages of the answer. */
export type McpWire = {
  withKey: { authorization: string }
  send(request: Partial<HttpRequest> & { method: string }): Promise<HttpAnswer>
  /** A message with the key of the agent. */
  post(message: McpMessage, more?: Record<string, string>): Promise<HttpAnswer & { said: Said[] }>
}

export function mcpWire({ url, key }: TestClawLink): McpWire {
  const withKey = { authorization: `Bearer ${key}` }
  const send: McpWire['send'] = request => sendHttp(url, { path: '/mcp', ...request })
  return {
    withKey,
    send,
    async post({ headers, body }, more = {}) {
      const answer = await send({ method: 'POST', headers: { ...headers, ...withKey, ...more }, body })
      return { ...answer, said: messagesOf(answer.text) }
    },
  }
}

/** The messages of an answer, whether plain or as events of a stream. */
export function messagesOf(text: string): Said[] {
  const lines = text.split('\n').filter(line => line.startsWith('data: ') || line.startsWith('{'))
  return lines.map(line => JSON.parse(line.replace(/^data: /, '')))
}

/** The first message of the 2025 era, which names no revision in a header yet. */
export function initialize(protocolVersion: string, name = 'any', capabilities = {}): McpMessage {
  const clientInfo = { name, version: '1.0.0' }
  return legacy('initialize', { protocolVersion, capabilities, clientInfo }, { 'mcp-protocol-version': undefined })
}

/** The notification that follows it. */
export function initialized(protocolVersion = '2025-11-25'): McpMessage {
  const headers = { 'mcp-protocol-version': protocolVersion }
  return legacy('notifications/initialized', undefined, headers, { id: undefined })
}
