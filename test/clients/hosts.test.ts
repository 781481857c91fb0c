/** What MCP hosts really send, byte by byte, and what they must get. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metaTools } from '../../src/http/mcp/meta-tools.ts'
import { meta, modernVersion } from '../../src/http/mcp/protocol.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { legacy, modern } from '../kit/mcp-messages.ts'
import { initialize, initialized, type McpWire, mcpWire } from '../kit/mcp-wire.ts'

let clawlink: TestClawLink
let wire: McpWire

beforeAll(async () => {
  clawlink = await startClawLink()
  wire = mcpWire(clawlink)
})

afterAll(() => clawlink?.stop())

describe('Claude Code', () => {
  test('finds the modern revision with its first request, server/discover', async () => {
    const { status, said } = await wire.post(
      modern(
        'server/discover',
        {},
        { 'user-agent': 'claude-code/2.1.329 (cli)' },
        { [meta.clientInfo]: { name: 'claude-code', version: '2.1.329' } },
      ),
    )
    expect(status).toBe(200)
    expect(said[0]?.result).toMatchObject({
      supportedVersions: [modernVersion],
      capabilities: { tools: {} },
      instructions: expect.stringContaining('clawlink_search_tools'),
      resultType: 'complete',
      ttlMs: expect.any(Number),
      cacheScope: 'private',
      _meta: { [meta.serverInfo]: { name: 'clawlink' } },
    })
  })

  test('can fall back to initialize 2025-11-25 with all that it offers', async () => {
    const offers = { roots: { listChanged: true }, elicitation: { form: {}, url: {} } }
    const { status, said } = await wire.post(initialize('2025-11-25', 'claude-code', offers))
    expect(status).toBe(200)
    expect(said[0]?.result).toMatchObject({ protocolVersion: '2025-11-25', serverInfo: { name: 'clawlink' } })
  })
})

describe('Codex', () => {
  const detection = { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-protocol-version': '2024-11-05' } }

  test('is told by its detection GET that a key is needed, whatever revision it names', async () => {
    const { status, headers } = await wire.send(detection)
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toMatch(/^Bearer /)
  })

  test('is told with a key that there is no stream to get', async () => {
    const { status, headers } = await wire.send({ ...detection, headers: { ...detection.headers, ...wire.withKey } })
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('POST')
  })

  test('gets revision 2025-06-18 as it asks, and works on with it', async () => {
    const opened = await wire.post(initialize('2025-06-18', 'codex-mcp-client'))
    expect(opened.said[0]?.result).toMatchObject({ protocolVersion: '2025-06-18' })
    const noted = await wire.post(initialized('2025-06-18'))
    expect([noted.status, noted.text]).toEqual([202, ''])
    const listed = await wire.post(legacy('tools/list', {}, { 'mcp-protocol-version': '2025-06-18' }))
    expect(listed.said[0]?.result?.tools).toHaveLength(metaTools.length)
  })
})

describe('Gemini CLI', () => {
  test('opens with 2025-06-18 and a ping', async () => {
    const opened = await wire.post(initialize('2025-06-18', 'gemini-cli-mcp-client'))
    expect(opened.said[0]?.result).toMatchObject({ protocolVersion: '2025-06-18' })
    const pinged = await wire.post(legacy('ping', undefined, { 'mcp-protocol-version': '2025-06-18' }))
    expect([pinged.status, pinged.said]).toEqual([200, [{ jsonrpc: '2.0', id: 1, result: {} }]])
  })
})

describe('Hermes', () => {
  test.for(['HEAD', 'GET'])('gets a plain answer to its %s before it connects', async method => {
    const [keyless, keyed] = await Promise.all([wire.send({ method }), wire.send({ method, headers: wire.withKey })])
    expect([keyless.status, keyed.status]).toEqual([401, 405])
    expect(keyless.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(keyed.headers.get('content-type')).toMatch(/^application\/json/)
    if (method === 'HEAD') expect(keyless.text + keyed.text).toBe('')
  })
})

describe('a client that goes', () => {
  test('may end a session that never was', async () => {
    expect((await wire.send({ method: 'DELETE', headers: wire.withKey })).status).toBe(405)
  })

  test('gets its subscription acknowledged before anything else, and may just go', async () => {
    const { headers, body } = modern('subscriptions/listen', { notifications: { toolsListChanged: true } })
    const going = new AbortController()
    const answer = await fetch(`${clawlink.url}/mcp`, {
      method: 'POST',
      headers: { ...headers, ...wire.withKey },
      body,
      signal: going.signal,
    })
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const first = await answer.body?.getReader().read()
    expect(Buffer.from(first?.value ?? []).toString()).toContain('notifications/subscriptions/acknowledged')
    going.abort()
  })
})
