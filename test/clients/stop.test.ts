import { expect, test } from 'vitest'
import { startClawLink } from '../kit/clawlink.ts'

const version = '2026-07-28'

test('a client that listens for changes does not hold up the stop', async () => {
  // A grace far beyond the time that a test may take: stopping has to end the stream by itself.
  const clawlink = await startClawLink({ config: { stopGraceMs: 600_000 } })
  const stream = await fetch(`${clawlink.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${clawlink.key}`,
      'mcp-protocol-version': version,
      'mcp-method': 'subscriptions/listen',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: {
        _meta: { 'io.modelcontextprotocol/protocolVersion': version, 'io.modelcontextprotocol/clientCapabilities': {} },
        notifications: { toolsListChanged: true },
      },
    }),
  })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  const reader = stream.body?.getReader()
  expect((await reader?.read())?.done).toBe(false)
  await clawlink.stop()
  await expect(fetch(`${clawlink.url}/api/v1/health`)).rejects.toThrow()
})
