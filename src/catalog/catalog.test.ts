import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { buildCatalog } from './catalog.ts'
import { apiKey, type Connector, connector, type ToolRow } from './define.ts'

function example(tools: Record<string, ToolRow>): Connector {
  return connector({
    name: 'Example',
    about: 'An example.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'https://api.example' },
    tools,
  })
}

const row = (request: string, more: Partial<ToolRow> = {}): ToolRow => ({
  about: 'Does it.',
  input: z.strictObject({ id: z.string().optional(), title: z.string().optional() }),
  request,
  ...more,
})

const toolOf = (made: ToolRow) => buildCatalog({ example: example({ do_it: made }) }).tools.get('example_do_it')

test('names each tool after its provider, and finds both by name', () => {
  const catalog = buildCatalog({ one: example({ get: row('GET /a') }), two: example({ get: row('GET /b') }) })
  expect([...catalog.tools.keys()]).toEqual(['one_get', 'two_get'])
  expect(catalog.providers.get('two')?.tools.map(tool => tool.name)).toEqual(['two_get'])
  expect(catalog.tools.get('one_get')?.provider.slug).toBe('one')
  expect(catalog.tools.get('get')).toBeUndefined()
})

test('moves a provider to another base and leaves the others where they are', () => {
  const catalog = buildCatalog({ one: example({}), two: example({}) }, { two: 'http://127.0.0.1:1' })
  expect([...catalog.providers.values()].map(provider => provider.base)).toEqual([
    'https://api.example',
    'http://127.0.0.1:1',
  ])
})

describe('a mistake in a connector is found when its tools are made', () => {
  test.each(['Get_it', 'get-it', 'get it', '', 'x'.repeat(41), 'gét'])('a tool named %j', key => {
    if (key === '')
      expect(() => buildCatalog({ '': example({ get: row('GET /a') }) }).tools.values()).toThrow('tool name')
    else expect(() => buildCatalog({ example: example({ [key]: row('GET /a') }) }).tools.values()).toThrow('tool name')
  })

  test('a request that is none', () => {
    expect(() => buildCatalog({ example: example({ do_it: row('FETCH /a') }) }).tools.values()).toThrow(
      'not a request template',
    )
  })
})

describe('what a row does not say', () => {
  test.each([
    ['GET', 'read', 'natural'],
    ['HEAD', 'read', 'natural'],
    ['POST', 'write', 'none'],
    ['PATCH', 'write', 'none'],
    ['PUT', 'write', 'natural'],
    ['DELETE', 'destructive', 'natural'],
  ])('follows from %s: %s, and repeating it is %s', (method, effect, idempotency) => {
    expect(toolOf(row(`${method} /a`))).toMatchObject({ effect, idempotency })
  })

  test('gives way to what it says', () => {
    expect(toolOf(row('POST /search', { effect: 'read' }))).toMatchObject({ effect: 'read', idempotency: 'natural' })
    expect(toolOf(row('PUT /merge', { effect: 'destructive', idempotency: 'none' }))).toMatchObject({
      effect: 'destructive',
      idempotency: 'none',
    })
    expect(toolOf(row('POST /pay', { idempotency: { header: 'Idempotency-Key' } }))).toMatchObject({
      idempotency: { header: 'Idempotency-Key' },
    })
  })
})

test('requires the inputs of a path, also where the row calls them optional', () => {
  expect(toolOf(row('GET /things/{id}'))?.inputSchema()).toMatchObject({ required: ['id'] })
  expect(toolOf(row('GET /things{?id}'))?.inputSchema()).not.toHaveProperty('required')
})

test('makes the schema of a tool once, and not before it is asked for', () => {
  let asked = 0
  const input = {
    get type() {
      asked++
      return 'object'
    },
  }
  const tool = toolOf(row('GET /a', { input }))
  expect(asked).toBe(0)
  expect(tool?.inputSchema()).toBe(tool?.inputSchema())
})
