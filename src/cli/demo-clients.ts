import type { Secret } from '../core/secret.ts'

export type Json = Record<string, unknown>

/** The smallest MCP client: JSON-RPC over one POST per request, as in revision 2025-11-25. */
export function mcpClient(url: string, key: Secret) {
  let id = 0
  return async (method: string, params: Json): Promise<Json> => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${key.reveal()}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }),
    })
    const text = await answer.text()
    const { result } = JSON.parse(text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '{}'))
    return result
  }
}

/** The relay over REST, as an agent uses it. */
export function relayClient(url: string, key: Secret) {
  return async (method: 'POST' | 'PUT', path: string, body: Json): Promise<Json> => {
    const answer = await fetch(`${url}/api/v1/relay${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key.reveal()}` },
      body: JSON.stringify(body),
    })
    return Object(await answer.json())
  }
}
