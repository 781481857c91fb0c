/** What agents get when something breaks inside of ClawLink: here the record of calls cannot be written. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { legacy, type McpMessage, modern } from '../kit/mcp-messages.ts'
import { type McpWire, mcpWire, messagesOf } from '../kit/mcp-wire.ts'

let clawlink: TestClawLink
let wire: McpWire

beforeAll(async () => {
  clawlink = await startClawLink()
  wire = mcpWire(clawlink)
  await clawlink.app.db.write(tx => tx.schema.dropTable('usage').execute())
})

afterAll(() => clawlink?.stop())

const call = { name: 'clawlink_call_tool', arguments: { tool: 'sandbox_list_projects' } }
const outcomeUnknown = { outcome: 'unknown', error: { code: 'outcome_unknown', retryable: false } }

test.for<[string, McpMessage, string, object]>([
  ['a call', legacy('tools/call', call), '/mcp', outcomeUnknown],
  ['a call in the modern era', modern('tools/call', call), '/mcp', outcomeUnknown],
  ['a call that the SDK serves', modern('tools/call', call, { accept: 'application/json' }), '/mcp', outcomeUnknown],
  [
    'a tool that changes something, under its own name',
    legacy('tools/call', { name: 'sandbox_create_issue', arguments: { project: 'website', title: 'x' } }),
    '/mcp?provider=sandbox',
    outcomeUnknown,
  ],
  [
    'a tool that reads, under its own name',
    legacy('tools/call', { name: 'sandbox_list_projects' }),
    '/mcp?provider=sandbox',
    { error: { code: 'internal', retryable: true } },
  ],
])(
  '%s ends with an error that its agent can read, and the cause stays in the log',
  async ([, message, path, result]) => {
    const { status, text } = await wire.send({
      method: 'POST',
      path,
      headers: { ...message.headers, ...wire.withKey },
      body: message.body,
    })
    expect(status).toBe(200)
    expect(messagesOf(text)[0]?.result).toMatchObject({ isError: true, structuredContent: result })
    expect(text).not.toMatch(/no such table|does not exist/)
    expect(clawlink.logged()).toContain('a tool failed inside ClawLink')
  },
)
