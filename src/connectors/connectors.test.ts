/** What every connector must keep, whoever writes it: these tests cover a new provider without being changed. */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { buildCatalog, type Tool } from '../catalog/catalog.ts'
import type { Connector, JsonSchema } from '../catalog/define.ts'
import { buildRequest, type ProviderRequest } from '../catalog/request.ts'
import { parseTemplate, pathInputs } from '../catalog/template.ts'
import { connectors } from './index.ts'

const catalog = buildCatalog(connectors)
const providers = [...catalog.providers.values()].map(provider => [provider.slug, provider] as const)
const tools = [...catalog.tools.values()].map(tool => [tool.name, tool] as const)
const callId = 'call_sample'

describe.each(providers)('%s', (_, { connector, tools }) => {
  test('has tools, and says in a sentence what it is for', () => {
    expect(tools.length).toBeGreaterThan(0)
    expect(connector.about).toMatch(sentence)
  })

  test('is reached by https, unless it is on this machine', () => {
    for (const url of urlsOf(connector)) {
      const { protocol, hostname } = new URL(url)
      expect([url, protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1')]).toEqual([url, true])
    }
    expect(connector.api.base).not.toMatch(/[/?#]$/)
  })

  test('puts its secret into one header, whole', () => {
    for (const auth of connector.auth) {
      expect(auth.header).toMatch(/^[a-z][a-z0-9-]*$/)
      expect(auth.format.split('{secret}')).toHaveLength(2)
      expect(auth.label).not.toBe('')
      expect(Object.keys(connector.api.headers ?? {})).not.toContain(auth.header)
    }
  })

  test('proves a credential by a read that needs no input', () => {
    const template = parseTemplate(connector.account.request)
    expect(template.method).toBe('GET')
    expect(pathInputs(template)).toEqual([])
    expect(connector.account.id).not.toBe('')
    expect(connector.account.label).not.toBe('')
  })

  test('writes header names in lower case, as they are compared', () => {
    const names = [
      ...Object.keys(connector.api.headers ?? {}),
      ...(connector.api.errors ?? []).flatMap(rule => (rule.header ? [rule.header[0]] : [])),
      ...(connector.api.retry ?? []).map(hint => hint.header),
    ]
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
  })

  test('names sources that exist, for inputs that exist', () => {
    const inputs = new Set(tools.flatMap(tool => Object.keys(propertiesOf(tool))))
    for (const [input, source] of Object.entries(connector.sources ?? {})) {
      expect(Object.keys(connector.tools)).toContain(source)
      expect([...inputs]).toContain(input)
    }
  })

  test('describes no two tools in the same words', () => {
    const descriptions = tools.map(tool => tool.row.about)
    expect(new Set(descriptions).size).toBe(descriptions.length)
  })
})

test.each(providers.filter(([slug]) => existsSync(pageOf(slug))))(
  'the page about %s names each of its tools',
  (slug, { connector }) => {
    const page = readFileSync(pageOf(slug), 'utf8')
    for (const key of Object.keys(connector.tools)) expect(page).toContain(`\`${key}\``)
  },
)

describe.each(tools)('%s', (name, tool) => {
  test('is named and described as agents look for it', () => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/)
    expect(name.length).toBeLessThanOrEqual(48)
    expect(tool.row.about).toMatch(sentence)
    expect(tool.row.about.length).toBeGreaterThanOrEqual(20)
    expect(tool.row.about.length).toBeLessThanOrEqual(240)
  })

  test('takes arguments by a JSON Schema 2020-12 that refuses unknown names', () => {
    const schema = tool.inputSchema()
    const ajv = newAjv()
    expect(ajv.validateSchema(schema)).toBe(true)
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
    const valid = ajv.compile(schema)
    expect([valid(sampleOf(tool)), valid.errors]).toEqual([true, null])
    expect(valid({ ...sampleOf(tool), no_such_argument: 1 })).toBe(false)
  })

  test('requires every input of its path', () => {
    expect(Object.keys(propertiesOf(tool))).toEqual(expect.arrayContaining(paths(tool)))
    expect(tool.inputSchema().required ?? []).toEqual(expect.arrayContaining(paths(tool)))
  })

  test('loses no argument: what is not in the URL goes into a body', () => {
    const sample = sampleOf(tool)
    const request = built(tool, sample)
    const inBody = Object.keys(sample).filter(input => !tool.inUrl.has(input))
    if (tool.template.method === 'GET' || tool.template.method === 'HEAD') expect(inBody).toEqual([])
    else expect(Object.keys(JSON.parse(request.body ?? '{}') as object)).toEqual(inBody)
    for (const input of tool.inUrl) expect(Object.keys(sample)).toContain(input)
  })

  test('has an effect that its method allows', () => {
    const { method } = tool.template
    if (method === 'GET' || method === 'HEAD') expect(tool.effect).toBe('read')
    if (tool.effect === 'read') expect(['GET', 'HEAD', 'POST']).toContain(method)
    if (/_(delete|merge|refund)_/.test(name)) expect(tool.effect).toBe('destructive')
    if (tool.effect === 'read') expect(tool.idempotency).toBe('natural')
  })

  test('can be asked for its next page, if it takes a page size', () => {
    const sized = Object.keys(propertiesOf(tool)).some(input => /^(per_page|page_size|limit)$/.test(input))
    expect(tool.page !== undefined).toBe(sized)
  })

  test('builds a whole request from a sample of its arguments', () => {
    const request = built(tool, sampleOf(tool))
    const { base } = tool.provider
    expect(request.url.startsWith(`${base}/`)).toBe(true)
    expect(new URL(request.url).href).toBe(request.url)
    expect(JSON.stringify(request)).not.toMatch(/undefined|\[object |NaN/)
    expect(request.url).not.toMatch(/[{}]|%7B|%7D/i)
    if (typeof tool.idempotency === 'object')
      expect(request.headers[tool.idempotency.header.toLowerCase()]).toBe(callId)
    for (const header of Object.keys(request.headers)) expect(header).toBe(header.toLowerCase())
  })

  test('builds a request from its required arguments alone', () => {
    const request = built(tool, sampleOf(tool, { requiredOnly: true }))
    expect(JSON.stringify(request)).not.toMatch(/undefined|null|\[object |NaN/)
  })

  test('cannot be led to another resource by a path input', () => {
    for (const input of paths(tool)) {
      for (const value of ['..', '.', '']) {
        expect(buildRequest(tool, { ...sampleOf(tool), [input]: value }, callId)).toMatchObject({ field: input })
      }
      const hostile = buildRequest(tool, { ...sampleOf(tool), [input]: 'a/../b?c#d' }, callId)
      if ('field' in hostile) expect(hostile.field).toBe(input)
      else expect(hostile.url).toContain('a%2F..%2Fb%3Fc%23d')
    }
  })
})

function pageOf(slug: string): URL {
  return new URL(`../../docs/providers/${slug}.md`, import.meta.url)
}

const sentence = /^[A-Z][^\n]*[.:"]$/

function urlsOf({ api, auth }: Connector): string[] {
  return [api.base, ...auth.flatMap(each => (each.console ? [each.console] : []))]
}

const paths = (tool: Tool): string[] => pathInputs(tool.template)

function built(tool: Tool, args: Record<string, unknown>): ProviderRequest {
  const request = buildRequest(tool, args, callId)
  if ('field' in request) throw new Error(`${request.field} ${request.problem}`)
  return request
}

/** Refuses keywords and formats that JSON Schema does not know: they would check nothing. */
function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, strictSchema: true, allErrors: true })
  formats.default(ajv)
  return ajv
}

function propertiesOf(tool: Tool): Record<string, JsonSchema> {
  return (tool.inputSchema().properties ?? {}) as Record<string, JsonSchema> // JSON Schema, 10.3.2.1
}

/** Arguments that fit the schema: of each choice the first, of each thing the smallest. */
function sampleOf(tool: Tool, { requiredOnly = false } = {}): Record<string, unknown> {
  const required = (tool.inputSchema().required ?? []) as string[] // JSON Schema validation, 6.5.3
  const wanted = Object.entries(propertiesOf(tool)).filter(([name]) => !requiredOnly || required.includes(name))
  return Object.fromEntries(wanted.map(([name, schema]) => [name, sample(schema)]))
}

type Keywords = {
  type?: string | string[]
  format?: string
  const?: unknown
  examples?: unknown[]
  enum?: unknown[]
  anyOf?: JsonSchema[]
  minimum?: number
  minLength?: number
  pattern?: string
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
}

const formatted: Record<string, string> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  email: 'x@example.com',
  uri: 'https://example.com/x',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function sample(schema: JsonSchema): unknown {
  const keywords: Keywords = schema
  const [type] = [keywords.type].flat()
  if (keywords.const !== undefined) return keywords.const
  if (keywords.examples) return keywords.examples[0]
  if (keywords.enum) return keywords.enum[0]
  if (keywords.anyOf?.[0]) return sample(keywords.anyOf[0])
  if (type === 'array') return keywords.items ? [sample(keywords.items)] : []
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return Math.max(1, keywords.minimum ?? 1)
  if (type === 'object') {
    return Object.fromEntries(Object.entries(keywords.properties ?? {}).map(([name, each]) => [name, sample(each)]))
  }
  if (type !== 'string') throw new Error(`no sample for ${JSON.stringify(schema)}`)
  if (keywords.pattern && !keywords.format) throw new Error(`a pattern needs an example: ${JSON.stringify(schema)}`)
  return formatted[keywords.format ?? ''] ?? 'x'.repeat(Math.max(1, keywords.minLength ?? 1))
}
