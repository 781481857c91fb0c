/** What agents get when something breaks inside of ClawLink: here the record of calls cannot be written, and agents not be read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { legacy, type McpMessage, modern } from '../kit/mcp-messages.ts'
import { type McpWire, mcpWire, messagesOf } from '../kit/mcp-wire.ts'

let clawlink: TestClawLink
let wire: McpWire

beforeAll(async () => {
  clawlink = await startClawLink()
  wire = mcpWire(clawlink)
  for (const table of ['usage', 'relay_agents']) await clawlink.app.db.write(tx => tx.schema.dropTable(table).execute())
})

afterAll(() => clawlink?.stop())

const callTool = (tool: string, args = {}) => ({ name: 'clawlink_call_tool', arguments: { tool, arguments: args } })
const read = callTool('sandbox_list_projects')
const issue = { project: 'website', title: 'x' }
const unknown = { outcome: 'unknown', error: { code: 'outcome_unknown', retryable: false } }
const failed = { error: { code: 'internal', retryable: true } }
const unrecorded = 'a call could not be recorded'

test.for<[string, McpMessage, string, object, string]>([
  ['a call that reads', legacy('tools/call', read), '/mcp', failed, unrecorded],
  ['one in the modern era', modern('tools/call', read), '/mcp', failed, unrecorded],
  ['one that the SDK serves', modern('tools/call', read, { accept: 'application/json' }), '/mcp', failed, unrecorded],
  [
    'a call that changes something',
    legacy('tools/call', callTool('sandbox_create_issue', issue)),
    '/mcp',
    unknown,
    unrecorded,
  ],
  [
    'a tool that changes something, under its own name',
    legacy('tools/call', { name: 'sandbox_create_issue', arguments: issue }),
    '/mcp?provider=sandbox',
    unknown,
    unrecorded,
  ],
  [
    'a tool that reads, under its own name',
    legacy('tools/call', { name: 'sandbox_list_projects' }),
    '/mcp?provider=sandbox',
    failed,
    unrecorded,
  ],
  [
    'a tool that is no call',
    legacy('tools/call', { name: 'clawlink_list_agents' }),
    '/mcp',
    failed,
    'a tool failed inside ClawLink',
  ],
])(
  '%s ends with an error that its agent can read, and the cause stays in the log',
  async ([, message, path, result, logged]) => {
    const { status, text } = await wire.send({
      method: 'POST',
      path,
      headers: { ...message.headers, ...wire.withKey },
      body: message.body,
    })
    expect(status).toBe(200)
    expect(messagesOf(text)[0]?.result).toMatchObject({ isError: true, structuredContent: result })
    expect(text).not.toMatch(/no such table|does not exist/)
    expect(clawlink.logged()).toContain(logged)
  },
)
