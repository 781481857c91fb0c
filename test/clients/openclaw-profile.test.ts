/**
 * OpenClaw 2026.9.6 as an MCP client: the v1 SDK, revision 2025-11-25, no capabilities, a GET for a stream after the
 * handshake, and either header for its key.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

let clawlink: TestClawLink

beforeAll(async () => {
  clawlink = await startClawLink()
})

afterAll(() => clawlink?.stop())

const keyHeaders = {
  Authorization: (key: string) => ({ Authorization: `Bearer ${key}` }),
  'X-ClawLink-API-Key': (key: string) => ({ 'X-ClawLink-API-Key': key }),
}

/** A connected OpenClaw, and what it sent: method, JSON-RPC method, status. */
async function openClaw(url: string, headers: Record<string, string>) {
  const sent: string[] = []
  const client = new Client({ name: 'openclaw-bundle-mcp', version: '2026.9.6' }, { capabilities: {} })
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers },
    async fetch(input, init) {
      const answer = await fetch(input, init)
      const said = typeof init?.body === 'string' ? ` ${JSON.parse(init.body).method}` : ''
      sent.push(`${init?.method}${said} ${answer.status}`)
      return answer
    },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return {
    client,
    sent,
    /** Calls a tool of ClawLink; the text has to say the same as the structured content. */
    async call(name: string, args: Record<string, unknown> = {}) {
      const { content, structuredContent, isError = false } = await client.callTool({ name, arguments: args })
      expect(content).toEqual([{ type: 'text', text: expect.any(String) }])
      const [{ text }] = content as [{ text: string }] // as just expected
      expect(JSON.parse(text)).toEqual(structuredContent)
      return { isError, said: structuredContent as Record<string, unknown> } // an object in every result of ClawLink
    },
  }
}

describe.each(Object.entries(keyHeaders))('OpenClaw with its key in %s', (_, headersFor) => {
  const connect = () => openClaw(clawlink.url, headersFor(clawlink.key))

  test('connects, and goes on without the stream that it asks for', async () => {
    const { client, sent } = await connect()
    const { tools } = await client.listTools()
    expect(tools.map(tool => tool.name)).toContain('clawlink_call_tool')
    expect(client.getServerVersion()).toMatchObject({ name: 'clawlink' })
    expect(client.getInstructions()).toContain('clawlink_search_tools')
    const answered = () => sent.toSorted() // the stream is asked for beside everything else
    await expect
      .poll(answered)
      .toEqual(['GET 405', 'POST initialize 200', 'POST notifications/initialized 202', 'POST tools/list 200'])
  })

  test('gets from a wish to a finished call', async () => {
    const { call } = await connect()
    const found = await call('clawlink_search_tools', { query: 'open an issue', provider: 'sandbox' })
    const [first] = found.said.items as [Record<string, unknown>] // a search of this finds something
    expect(first).toMatchObject({ name: 'sandbox_create_issue', connected: true })

    const described = await call('clawlink_describe_tool', { tool: 'sandbox_create_issue' })
    expect(described.said).toMatchObject({ effect: 'write', inputSchema: { required: ['project', 'title'] } })

    const wish = {
      tool: 'sandbox_create_issue',
      arguments: { project: 'website', title: 'Prices are off by one cent' },
    }
    clawlink.sandbox.takeRequests()
    const previewed = await call('clawlink_preview_tool', wish)
    expect(previewed.said).toMatchObject({ request: { method: 'POST', body: { title: wish.arguments.title } } })
    expect(JSON.stringify(previewed.said)).not.toContain(clawlink.sandbox.apiKey)
    expect(clawlink.sandbox.takeRequests()).toHaveLength(0)

    const called = await call('clawlink_call_tool', wish)
    expect(called).toMatchObject({
      isError: false,
      said: { outcome: 'succeeded', untrusted: true, data: wish.arguments },
    })
    expect(clawlink.sandbox.takeRequests()).toHaveLength(1)

    const record = await call('clawlink_get_call', { callId: called.said.callId })
    expect(record.said).toMatchObject({ usage: { tool: 'sandbox_create_issue', outcome: 'succeeded', surface: 'mcp' } })
  })

  test('reads the following page with what the page before gave', async () => {
    const { call } = await connect()
    const wish = { tool: 'sandbox_search_messages', arguments: { limit: 2 } }
    const first = await call('clawlink_call_tool', wish)
    const second = await call('clawlink_call_tool', { ...wish, next: first.said.next })
    expect([first.isError, second.isError]).toEqual([false, false])
    expect(second.said.data).not.toEqual(first.said.data)
  })

  test('runs many calls at once', async () => {
    const { call } = await connect()
    const wishes = Array.from({ length: 8 }, () => call('clawlink_call_tool', { tool: 'sandbox_list_projects' }))
    const answers = await Promise.all(wishes)
    expect(new Set(answers.map(({ said }) => said.callId)).size).toBe(8)
  })

  test('reads in every error what to do next', async () => {
    const { client, call } = await connect()
    const errorOf = async (tool: string, args: Record<string, unknown> = {}) => {
      const { isError, said } = await call('clawlink_call_tool', { tool, arguments: args })
      expect(isError).toBe(true)
      return said.error
    }
    expect(await errorOf('sandbox_list_prjects')).toMatchObject({
      code: 'tool_not_found',
      choices: expect.arrayContaining(['sandbox_list_projects']),
      fix: expect.any(String),
    })
    expect(await errorOf('sandbox_get_issue', { project: 'website' })).toMatchObject({
      code: 'validation_error',
      missingFields: ['number'],
      schema: { type: 'object' },
    })
    expect(await errorOf('github_list_my_issues')).toMatchObject({ code: 'not_connected' })
    expect(await errorOf('sandbox_get_issue', { project: 'website', number: 99_999 })).toMatchObject({
      code: 'not_found',
    })
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow(/no tool "no_such_tool"/)
  })
})

test('OpenClaw with a wrong key is told so, and gets no session', async () => {
  const connecting = openClaw(clawlink.url, keyHeaders.Authorization(`cllk_live_${'0'.repeat(48)}`))
  await expect(connecting).rejects.toThrow(/not valid/)
})

test('OpenClaw works on after ClawLink was restarted, as if nothing had been', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-restart-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = { dataDir: join(folder, 'state'), keyringFile: join(folder, 'keys', 'keyring.json') }
  const before = await startClawLink({ config })
  const { call, sent } = await openClaw(before.url, keyHeaders.Authorization(before.key))
  const wish = { tool: 'sandbox_list_projects' }
  const answered = await call('clawlink_call_tool', wish)
  await before.stop()
  await expect(call('clawlink_call_tool', wish)).rejects.toThrow()

  await using after = await startClawLink({
    config: { ...config, port: Number(new URL(before.url).port) },
    connected: false,
  })
  expect(after.url).toBe(before.url)
  expect((await call('clawlink_call_tool', wish)).said.data).toEqual(answered.said.data)
  expect((await call('clawlink_get_call', { callId: answered.said.callId })).said).toMatchObject({
    state: 'ended',
    usage: { outcome: 'succeeded' },
  })
  expect(sent.filter(one => one.includes('initialize 200'))).toHaveLength(1)
})
