/** Clients that hold each answer to the schema of its tool: every answer has to pass, also one that is an error. */
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

let claw: TestClawLink

beforeAll(async () => {
  claw = await startClawLink({ policy: 'standard' })
})

afterAll(() => claw?.stop())

type Listed = { name: string; outputSchema?: unknown }

/** What both clients can, as far as it matters here. */
const clients = {
  async 'the client of 2025-11-25'() {
    const client = new Client({ name: 'checks', version: '1.0.0' })
    const { url, requestInit } = endpoint()
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }))
    return {
      list: async (): Promise<Listed[]> => (await client.listTools()).tools,
      call: async (name: string, args: object): Promise<object> => client.callTool({ name, arguments: { ...args } }),
      close: () => client.close(),
    }
  },
  async 'the client of 2026-07-28'() {
    const client = new ModernClient({ name: 'checks', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
    const { url, requestInit } = endpoint()
    await client.connect(new ModernTransport(url, { requestInit }))
    return {
      list: async (): Promise<Listed[]> => (await client.listTools()).tools,
      call: async (name: string, args: object): Promise<object> => client.callTool({ name, arguments: { ...args } }),
      close: () => client.close(),
    }
  },
}

function endpoint() {
  const headers = { Authorization: `Bearer ${claw.key}` }
  return { url: new URL(`${claw.url}/mcp?provider=sandbox`), requestInit: { headers } }
}

describe.each(Object.entries(clients))('%s', (_, connect) => {
  test('is told the shape of what a tool gives, and takes every answer of it', async () => {
    const { list, call, close } = await connect()
    try {
      const tools = await list()
      expect(tools.find(({ name }) => name === 'sandbox_get_issue')?.outputSchema).toMatchObject({
        type: 'object',
        properties: { data: { anyOf: [{ properties: { number: { type: 'integer' } } }, {}] } },
      })
      expect(tools.find(({ name }) => name === 'sandbox_list_folders')).not.toHaveProperty('outputSchema')

      const answers = {
        list: await call('sandbox_list_issues', { project: 'website', per_page: 2 }),
        one: await call('sandbox_get_issue', { project: 'website', number: 1 }),
        wrongArguments: await call('sandbox_get_issue', { project: 'website' }),
        refused: await call('sandbox_get_issue', { project: 'website', number: 999 }),
        parked: await call('sandbox_delete_message', { id: 'msg_00001' }),
      }
      claw.sandbox.script({ kind: 'status', status: 200, body: { number: 'one' } })
      const mismatch = await call('sandbox_get_issue', { project: 'website', number: 1 })
      expect({ ...answers, mismatch }).toMatchObject({
        list: { structuredContent: { outcome: 'succeeded', data: [{}, {}] } },
        one: { structuredContent: { outcome: 'succeeded', data: { number: 1 } } },
        wrongArguments: { isError: true, structuredContent: { error: { code: 'validation_error' } } },
        refused: { isError: true, structuredContent: { error: { code: 'not_found' } } },
        parked: { structuredContent: { outcome: 'parked' } },
        mismatch: { isError: true, structuredContent: { error: { code: 'output_mismatch' } } },
      })
    } finally {
      await close()
    }
  })
})
