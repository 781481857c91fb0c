/** What the lists of tools cost an agent, and what every client can take. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectors } from '../../src/connectors/index.ts'
import { relayTools } from '../../src/http/mcp/relay-tools.ts'
import type { ListedTool } from '../../src/http/mcp/toolset.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { modern } from '../kit/mcp-messages.ts'
import { mcpWire, messagesOf } from '../kit/mcp-wire.ts'

let clawlink: TestClawLink

beforeAll(async () => {
  clawlink = await startClawLink()
})

afterAll(() => clawlink?.stop())

async function ask<T>(path: string, method: string): Promise<T> {
  const { withKey, send } = mcpWire(clawlink)
  const { headers, body } = modern(method)
  const { text } = await send({ method: 'POST', path, headers: { ...headers, ...withKey }, body })
  return messagesOf(text)[0]?.result as T // what the caller asked for
}

const list = async (path: string) => (await ask<{ tools: ListedTool[] }>(path, 'tools/list')).tools

test('the tools that every agent sees cost it about a thousand tokens at most', async () => {
  const seen = (await list('/mcp')).map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
  // English and JSON come to about four characters a token.
  expect(JSON.stringify(seen).length).toBeLessThanOrEqual(4_000)
})

test('the tools with which agents work together cost as much again, and only where they are in use', async () => {
  await using together = await startClawLink({ connected: false })
  await together.rest('PUT', '/relay/agents/me', { body: {} })
  const { body } = await together.mcp('tools/list')
  const before = new Set((await list('/mcp')).map(({ name }) => name))
  const listed = Object(body.result).tools as ListedTool[] // as MCP has it
  const seen = listed
    .filter(({ name }) => !before.has(name))
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
  expect(seen.map(({ name }) => name)).toEqual(relayTools.map(({ name }) => name))
  expect(JSON.stringify(seen).length).toBeLessThanOrEqual(4_000)
})

describe.each(['/mcp', ...Object.keys(connectors).map(provider => `/mcp?provider=${provider}`)])('%s', path => {
  test('lists tools by names that fit every client behind its own prefix, always in the same order', async () => {
    const names = (await list(path)).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{1,47}$/)
    expect((await list(path)).map(({ name }) => name)).toEqual(names)
  })

  test('says of each tool what it does, what it takes and what it may change', async () => {
    for (const { name, description, inputSchema, annotations } of await list(path)) {
      expect(description, name).toMatch(/\w{3}.*\.$/)
      expect(inputSchema, name).toMatchObject({ type: 'object' })
      expect(annotations.readOnlyHint && annotations.destructiveHint, name).toBe(false)
    }
  })

  test('tells an agent at first only of tools that it lists', async () => {
    const { instructions } = await ask<{ instructions: string }>(path, 'server/discover')
    expect(instructions.length).toBeLessThanOrEqual(512) // all that some clients read
    const names = (await list(path)).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(instructions.match(/clawlink_\w+/g) ?? []))
  })
})
