/** The official MCP Inspector, which is what people reach for first when something does not work. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metaTools } from '../../src/http/mcp/meta-tools.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { runProgram } from '../kit/run-program.ts'

let clawlink: TestClawLink

beforeAll(async () => {
  clawlink = await startClawLink()
})

afterAll(() => clawlink?.stop())

function inspect(...args: string[]) {
  return runProgram('@modelcontextprotocol/inspector/clients/launcher/build/index.js', [
    '--cli',
    `${clawlink.url}/mcp`,
    ...['--transport', 'http', '--header', `Authorization: Bearer ${clawlink.key}`],
    ...args,
  ])
}

const callTool = ['--method', 'tools/call', '--tool-name', 'clawlink_call_tool', '--tool-args-json']

describe.each(['legacy', 'modern'])('the Inspector in the %s era', era => {
  test('lists the tools and finds nothing to complain about in their schemas', async () => {
    const { exitCode, stdout, stderr } = await inspect('--protocol-era', era, '--method', 'tools/list', '--strict')
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout).tools.map(({ name }: { name: string }) => name)).toEqual(
      metaTools.map(({ name }) => name),
    )
    expect(stderr).toBe('')
  })

  test('calls a tool', async () => {
    const wish = JSON.stringify({ tool: 'sandbox_get_issue', arguments: { project: 'website', number: 1 } })
    const { exitCode, stdout, stderr } = await inspect('--protocol-era', era, ...callTool, wish)
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ structuredContent: { outcome: 'succeeded', data: { number: 1 } } })
  })

  test('exits with 5 for a call that fails, having shown why', async () => {
    const wish = JSON.stringify({ tool: 'sandbox_get_issue', arguments: { project: 'website' } })
    const { exitCode, stdout, stderr } = await inspect('--protocol-era', era, ...callTool, wish)
    expect(exitCode, stderr).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({ structuredContent: { error: { code: 'validation_error' } } })
  })
})

test('the Inspector takes the default era for granted, which is served too', async () => {
  const { exitCode, stdout } = await inspect('--method', 'initialize')
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { serverInfo: { name: 'clawlink' } }])
})
