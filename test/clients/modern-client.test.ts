/** The official v2 client, which finds and speaks revision 2026-07-28 by itself. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { metaTools } from '../../src/http/mcp/meta-tools.ts'
import { modernVersion } from '../../src/http/mcp/protocol.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

let clawlink: TestClawLink

beforeAll(async () => {
  clawlink = await startClawLink()
})

afterAll(() => clawlink?.stop())

async function connect({ path = '/mcp', key = clawlink.key } = {}) {
  const client = new Client({ name: 'modern-client', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  const headers = { Authorization: `Bearer ${key}` }
  await client.connect(new StreamableHTTPClientTransport(new URL(clawlink.url + path), { requestInit: { headers } }))
  onTestFinished(() => client.close())
  return client
}

describe('the official client', () => {
  test('finds revision 2026-07-28 by itself', async () => {
    const client = await connect()
    expect(client.getNegotiatedProtocolVersion()).toBe(modernVersion)
    expect(client.getServerVersion()).toMatchObject({ name: 'clawlink' })
    expect(client.getInstructions()).toContain('clawlink_search_tools')
  })

  test('lists the tools, with what it may assume of each', async () => {
    const { tools, ttlMs, cacheScope } = await (await connect()).listTools()
    expect(tools).toHaveLength(metaTools.length)
    expect([ttlMs, cacheScope]).toEqual([60_000, 'private'])
    const call = tools.find(tool => tool.name === 'clawlink_call_tool')
    expect(call?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true })
  })

  test('calls a tool and gets the same answer as text and as structured content', async () => {
    const client = await connect()
    const wish = { tool: 'sandbox_list_projects' }
    const { content, structuredContent, isError } = await client.callTool({
      name: 'clawlink_call_tool',
      arguments: wish,
    })
    expect(isError).toBeUndefined()
    expect(structuredContent).toMatchObject({ outcome: 'succeeded', data: [{ key: 'website' }, {}, {}] })
    expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }])
  })

  test('is told how far a call is while it waits for it', async () => {
    const client = await connect()
    const start = { tool: 'sandbox_start_report', arguments: { about: 'payments', seconds: 20 } }
    const { structuredContent } = await client.callTool({ name: 'clawlink_call_tool', arguments: start })
    const { callId } = Object(structuredContent)
    const heard: { progress: number; message?: string | undefined }[] = []
    const follow = { name: 'clawlink_get_call', arguments: { callId, wait: 60 } }
    const waiting = client.callTool(follow, { onprogress: told => heard.push(told) })
    // The clock stands still unless it is moved: the call goes on, and the waiting looks.
    const moving = setInterval(() => clawlink.clock.move(500), 5)
    const ended = await waiting.finally(() => clearInterval(moving))
    expect(ended.structuredContent).toMatchObject({ state: 'ended', answer: { data: { status: 'done' } } })
    expect(heard.map(({ progress }) => progress)).toEqual(
      heard.map(({ progress }) => progress).toSorted((a, b) => a - b),
    )
    expect(heard.at(-1)?.message).toMatch(/^The provider works on it: \d+ %\.$/)
  })

  test('gets a failed call as a result that says what to do next', async () => {
    const client = await connect()
    const wish = { tool: 'sandbox_get_issue', arguments: { project: 'website' } }
    const { structuredContent, isError } = await client.callTool({ name: 'clawlink_call_tool', arguments: wish })
    expect(isError).toBe(true)
    expect(structuredContent).toMatchObject({
      outcome: 'failed',
      error: { code: 'validation_error', missingFields: ['number'], fix: expect.any(String), retryable: false },
    })
  })

  test('gets a tool that does not exist as an error of the protocol', async () => {
    const client = await connect()
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toMatchObject({ code: -32602 })
  })

  test('reads the guides', async () => {
    const client = await connect()
    const { resources } = await client.listResources()
    for (const { uri } of resources) {
      const { contents } = await client.readResource({ uri })
      expect(contents).toMatchObject([{ uri, text: expect.stringMatching(/\w/) }])
    }
    await expect(client.readResource({ uri: 'clawlink://nothing' })).rejects.toMatchObject({ code: -32602 })
  })

  test('starts what a person can start by hand', async () => {
    const client = await connect()
    const { prompts } = await client.listPrompts()
    expect(prompts).toMatchObject([{ name: 'preview_first', arguments: [{ name: 'wish', required: true }] }])
    const { messages } = await client.getPrompt({ name: 'preview_first', arguments: { wish: 'Refund Ada.' } })
    expect(messages).toMatchObject([{ role: 'user', content: { text: expect.stringContaining('Refund Ada.') } }])
    await expect(client.getPrompt({ name: 'preview_first' })).rejects.toMatchObject({ code: -32602 })
    await expect(client.getPrompt({ name: 'nothing' })).rejects.toMatchObject({ code: -32602 })
  })

  test('sees the tools of one provider one by one', async () => {
    const client = await connect({ path: '/mcp?provider=sandbox' })
    const { tools } = await client.listTools()
    expect(new Set(tools.map(({ name }) => name.split('_', 1)[0]))).toEqual(new Set(['sandbox', 'clawlink']))
    expect(tools.filter(({ name }) => name.startsWith('clawlink_')).map(({ name }) => name)).toEqual([
      'clawlink_get_call',
      'clawlink_get_file',
    ])
    expect(tools.find(({ name }) => name === 'sandbox_list_projects')?.annotations).toMatchObject({
      readOnlyHint: true,
    })
    const { structuredContent } = await client.callTool({ name: 'sandbox_list_projects', arguments: {} })
    expect(structuredContent).toMatchObject({ outcome: 'succeeded' })
    await expect(client.callTool({ name: 'github_list_my_issues', arguments: {} })).rejects.toMatchObject({
      code: -32602,
    })
  })

  test('gets the following page, and another account, under a tool’s own name too', async () => {
    const client = await connect({ path: '/mcp?provider=sandbox' })
    const { tools } = await client.listTools()
    const takes = (name: string) => Object.keys(tools.find(tool => tool.name === name)?.inputSchema.properties ?? {})
    expect(takes('sandbox_list_customers')).toEqual(['limit', 'connection', 'next', 'all'])
    expect(takes('sandbox_list_projects')).toEqual(['connection'])

    const list = async (more: Record<string, unknown>) => {
      const answer = await client.callTool({ name: 'sandbox_list_customers', arguments: { limit: 2, ...more } })
      return Object(answer.structuredContent)
    }
    const first = await list({})
    const second = await list({ next: first.next, connection: first.connection })
    expect(second).toMatchObject({ outcome: 'succeeded', connection: first.connection })
    expect(second.data).not.toEqual(first.data)
    expect(await list({ connection: 'elsewhere' })).toMatchObject({ error: { code: 'connection_not_found' } })
    expect(await list({ next: 7 })).toMatchObject({ error: { code: 'validation_error' } })
  })

  test('is told that its key is wrong', async () => {
    await expect(connect({ key: `cllk_live_${'0'.repeat(48)}` })).rejects.toThrow(/requires authorization/)
  })
})
