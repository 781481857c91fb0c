import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { buildCatalog, type Tool } from './catalog.ts'
import { apiKey, connector, type ToolRow, tool } from './define.ts'
import { buildRequest } from './request.ts'

const anything = { id: z.string().optional(), title: z.string().optional(), tags: z.array(z.string()).optional() }

function toolOf(row: ToolRow, base?: string): Tool {
  const example = connector({
    name: 'Example',
    about: 'An example.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'https://api.example/v1', headers: { accept: 'application/vnd.example+json', 'x-version': '1' } },
    tools: { do_it: row },
  })
  const found = buildCatalog({ example }, base === undefined ? {} : { example: base }).tools.get('example_do_it')
  if (!found) throw new Error('not in the catalogue')
  return found
}

const row = (request: `${string} /things${string}`, more: Partial<ToolRow> = {}): ToolRow => ({
  about: 'Does it.',
  input: z.strictObject(anything),
  request,
  ...more,
})

const build = (made: ToolRow, args: Record<string, unknown>) => buildRequest(toolOf(made), args, 'call_1')

describe('a request', () => {
  test('goes to the base of the provider, with its headers and a user agent, and without a credential', () => {
    expect(build(row('GET /things/{id}'), { id: 'a' })).toEqual({
      method: 'GET',
      url: 'https://api.example/v1/things/a',
      headers: { accept: 'application/vnd.example+json', 'user-agent': 'ClawLink', 'x-version': '1' },
    })
  })

  test('goes to another base where the provider lives elsewhere', () => {
    const made = buildRequest(toolOf(row('GET /things'), 'http://127.0.0.1:8080/api'), {}, 'call_1')
    expect(made).toMatchObject({ url: 'http://127.0.0.1:8080/api/things' })
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('by %s carries as JSON what is not in its URL', method => {
    expect(build(row(`${method} /things/{id}`), { id: 'a', title: 'é "x"', tags: [] })).toMatchObject({
      url: 'https://api.example/v1/things/a',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"é \\"x\\"","tags":[]}',
    })
  })

  test.each(['POST', 'PUT', 'PATCH'])('by %s without such inputs has an empty object as its body', method => {
    expect(build(row(`${method} /things/{id}`), { id: 'a' })).toMatchObject({ body: '{}' })
  })

  test('by DELETE without such inputs has no body and no content type', () => {
    const made = build(row('DELETE /things/{id}'), { id: 'a' })
    expect(made).not.toHaveProperty('body')
    expect(made).not.toHaveProperty('headers.content-type')
  })

  test('sends null as null and leaves out what is undefined', () => {
    expect(build(row('PATCH /things/{id}'), { id: 'a', title: null, tags: undefined })).toMatchObject({
      body: '{"title":null}',
    })
  })

  test('carries the call id where the provider honours an idempotency key, the same at every attempt', () => {
    const made = row('POST /things', { idempotency: { header: 'Idempotency-Key' } })
    expect(build(made, {})).toMatchObject({ headers: { 'idempotency-key': 'call_1' } })
    expect(build(made, {})).toEqual(build(made, {}))
  })

  test('is not built from a path input that would lead elsewhere', () => {
    expect(build(row('GET /things/{id}'), { id: '..' })).toMatchObject({ field: 'id' })
  })
})

test('the compiler refuses a request that names an input which is not declared', () => {
  const declared = { id: z.string() }
  const right = tool({ about: 'Right.', input: declared, request: 'GET /things/{id}' })
  // @ts-expect-error: `ref` is not declared
  const wrong = tool({ about: 'Wrong.', input: declared, request: 'GET /things/{id}{?ref}' })
  expect([right.request, wrong.request]).toEqual(['GET /things/{id}', 'GET /things/{id}{?ref}'])
})
