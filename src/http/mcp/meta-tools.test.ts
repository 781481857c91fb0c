import MiniSearch from 'minisearch'
import { describe, expect, test } from 'vitest'
import { jsonSchemaOf } from '../../catalog/json-schema.ts'
import { guides } from './guides.ts'
import { metaTools } from './meta-tools.ts'
import { getPrompt, listedPrompts } from './prompts.ts'
import { instructions } from './protocol.ts'
import { relayTools } from './relay-tools.ts'

const tools = [...metaTools, ...relayTools]
const names = tools.map(({ name }) => name)

/** The names of tools of ClawLink that a text uses. */
const namedIn = (text: string) => text.match(/clawlink_\w+/g) ?? []

describe('the tools of ClawLink itself', () => {
  test('have names that every client can take, and no two the same', () => {
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^clawlink_[a-z0-9_]{1,39}$/)
  })

  test.for(tools)('$name says in plain sentences what it is for', ({ description }) => {
    expect(description).toMatch(/^[A-Z].{40,230}\.$/)
    expect(names).toEqual(expect.arrayContaining(namedIn(description)))
  })

  test.for(tools)('$name takes an object and names every argument that there is', ({ input }) => {
    expect(jsonSchemaOf(input)).toMatchObject({ type: 'object', additionalProperties: false })
  })

  // Hosts with hundreds of tools show an agent only those that a search over names and descriptions finds.
  test.for<[string, string]>([
    ['send an email', 'clawlink_search_tools'],
    ['create an issue', 'clawlink_search_tools'],
    ['list calendar events', 'clawlink_search_tools'],
    ['find a tool for payments', 'clawlink_search_tools'],
    ['describe arguments', 'clawlink_describe_tool'],
    ['json schema', 'clawlink_describe_tool'],
    ['dry run', 'clawlink_preview_tool'],
    ['preview a request', 'clawlink_preview_tool'],
    ['run a tool', 'clawlink_call_tool'],
    ['call a connected app', 'clawlink_call_tool'],
    ['status of a call', 'clawlink_get_call'],
    ['which accounts are connected', 'clawlink_list_connections'],
    ['list connected apps', 'clawlink_list_connections'],
    ['which workspace and agent', 'clawlink_whoami'],
    ['which other agents are online', 'clawlink_list_agents'],
    ['delegate a task to another agent', 'clawlink_delegate_task'],
    ['receive messages', 'clawlink_check_inbox'],
    ['reply to a message', 'clawlink_respond'],
    ['tell a finding to all agents', 'clawlink_broadcast'],
    ['share a file', 'clawlink_put_file'],
    ['list shared files', 'clawlink_list_files'],
  ])('are found by their words: "%s" gives %s', ([words, expected]) => {
    const search = new MiniSearch({ idField: 'name', fields: ['name', 'description'] })
    search.addAll(tools.map(({ name, description }) => ({ name, description })))
    expect(search.search(words).map(({ id }) => id)[0]).toBe(expected)
  })
})

describe('what an agent is told first', () => {
  test('fits into what every client reads of it, and names only tools that there are', () => {
    expect(instructions.length).toBeLessThanOrEqual(512)
    expect(names).toEqual(expect.arrayContaining(namedIn(instructions)))
  })

  test.for(guides)('in the guide $name names only tools that there are', ({ text }) => {
    expect(names).toEqual(expect.arrayContaining(namedIn(text)))
  })

  test.for(listedPrompts)('in the prompt $name names only tools that there are', prompt => {
    const given = Object.fromEntries(prompt.arguments.map(argument => [argument.name, 'x']))
    const text = JSON.stringify(getPrompt(prompt.name, given))
    expect(names).toEqual(expect.arrayContaining(namedIn(text)))
  })
})
