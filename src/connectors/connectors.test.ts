/** What every connector must keep, whoever writes it: these tests cover a new provider without being changed. */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { fixedHost, knownTo, sampleValues, urlsOf } from '../../test/kit/sample-values.ts'
import { namesIn as fieldsOf } from '../calls/output/describe-problem.ts'
import { registrationOf } from '../catalog/auth.ts'
import { buildCatalog, type Tool } from '../catalog/catalog.ts'
import { type Auth, type Connector, type JsonSchema, type StaticAuth, toolRows } from '../catalog/define.ts'
import { fillUrl, namesIn } from '../catalog/fill-url.ts'
import { buildRequest, type ProviderRequest } from '../catalog/request.ts'
import { parseTemplate, pathInputs, urlInputs } from '../catalog/template.ts'
import { connectors } from './index.ts'

const catalog = buildCatalog(connectors)
const providers = [...catalog.providers.values()].map(provider => [provider.slug, provider] as const)
const tools = [...catalog.tools.values()].map(tool => [tool.name, tool] as const)
const values = new Map(providers.map(([slug, { connector }]) => [slug, sampleValues(connector)]))
const callId = 'call_sample'

/** What a person, or somebody who leads a person on, might type where a host or a name belongs. */
const hostile = [
  'evil.example/',
  'evil.example/x',
  'evil.example#',
  'evil.example?x=',
  'a.b@evil.example',
  'a:b@c',
  '..',
]
const broken = ['a\r\nhost: evil.example', 'a\nb', 'a b', 'a\\b', '%2e%2e', 'https://evil.example', '[::1]', '']

describe.each(providers)('%s', (slug, { connector, tools }) => {
  const sample = values.get(slug) ?? {}
  const urls = [
    connector.api.base,
    ...(connector.account.base ? [connector.account.base] : []),
    ...connector.auth.flatMap(urlsOf),
  ]

  test('has tools, and says in a sentence what it is for', () => {
    expect(tools.length).toBeGreaterThan(0)
    expect(connector.about).toMatch(sentence)
    if (connector.category) expect(connector.category).toMatch(/^[a-z]+$/)
  })

  test('is reached by https, unless it is on this machine', () => {
    const consoles = connector.auth.flatMap(each => (each.console ? [each.console] : []))
    for (const template of [...urls, ...consoles]) {
      const url = fillUrl(template, sample, connector.hosts)
      if (typeof url !== 'string') throw new Error(`${template}: ${url.field} ${url.problem}`)
      const { protocol, hostname, username } = new URL(url)
      expect([url, protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1')]).toEqual([url, true])
      expect([url, username, url.includes('{')]).toEqual([url, '', false])
      expect([url, hostname.endsWith(fixedHost(template).replace(/:\d+$/, ''))]).toEqual([url, true])
    }
    expect(connector.api.base).not.toMatch(/[/?#]$/)
  })

  test('is led nowhere else by what a person types in', () => {
    for (const template of urls) {
      const usual = String(fillUrl(template, sample, connector.hosts))
      for (const name of namesIn(template).filter(each => each !== 'base')) {
        for (const value of [...hostile, ...broken]) {
          const url = fillUrl(template, { ...sample, [name]: value }, connector.hosts)
          if (typeof url !== 'string') expect(url.field).toBe(name)
          else {
            expect([value, new URL(url).host, segments(url)]).toEqual([value, new URL(usual).host, segments(usual)])
            expect(url).not.toMatch(/[\s\\]/)
          }
        }
        const elsewhere = fillUrl(template, { ...sample, [name]: 'evil.example' }, connector.hosts)
        if (typeof elsewhere !== 'string' || isOwnServer(connector, template)) continue
        expect([template, new URL(elsewhere).host.endsWith(fixedHost(template))]).toEqual([template, true])
        expect([template, new URL(elsewhere).host]).not.toEqual([template, 'evil.example'])
      }
    }
  })

  test('follows a web address that it was told only to its own hosts', () => {
    const told = /^\{(\w+)\}/.exec(connector.api.base)?.[1]
    if (!told) return
    const [host = ''] = (connector.hosts ?? []).map(each => each.replace('*', 'a'))
    expect(host).not.toBe('')
    for (const value of [
      `https://${host}.evil.example`,
      `https://${host}@evil.example`,
      'https://127.0.0.1',
      `${host}`,
    ]) {
      expect(fillUrl(connector.api.base, { ...sample, [told]: value }, connector.hosts)).toMatchObject({ field: told })
    }
  })

  test('offers ways to connect that people can tell apart, what needs no OAuth app first', () => {
    const { auth } = connector
    expect(new Set(auth.map(({ id }) => id)).size).toBe(auth.length)
    expect(new Set(auth.map(({ label }) => label)).size).toBe(auth.length)
    for (const way of auth) {
      expect(way.id).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(way.label).not.toBe('')
      if (isStatic(way) && way.kind !== 'none')
        expect([way.id, way.advice]).toEqual([way.id, expect.stringMatching(sentence)])
      const needsApp = way.kind === 'oauth2' || way.kind === 'oauth2_device' || way.kind === 'oauth1'
      const comesWithApp = 'client' in way && way.client !== undefined
      if (needsApp && !comesWithApp)
        expect([way.id, registrationOf({ slug, connector }, way).console]).toEqual([way.id, https])
    }
    if (auth.some(isStatic)) expect(auth[0]).toSatisfy(isStatic)
  })

  test('asks for what its examples fit', () => {
    for (const way of connector.auth) {
      for (const field of Object.values({ ...connector.inputs, ...('fields' in way ? way.fields : {}) })) {
        expect(field.label).not.toBe('')
        if (field.options && field.default !== undefined) expect(field.options).toContain(field.default)
        const { matches, example } = field
        if (matches && example) expect(example).toMatch(new RegExp(`^(?:${matches.source})$`, matches.flags))
        if (matches && field.default)
          expect(field.default).toMatch(new RegExp(`^(?:${matches.source})$`, matches.flags))
      }
    }
  })

  test('knows every name in its templates by the time that it needs it, and puts no secret into a URL', () => {
    const accountInputs = [...urlInputs(parseTemplate(connector.account.request))]
    const inUrls = [connector.api.base, connector.account.base ?? ''].flatMap(namesIn)
    const lastlyTold = Object.keys(connector.account.keep ?? {})
    const inHeaders = Object.values(connector.api.headers ?? {}).flatMap(namesIn)
    for (const way of connector.auth) {
      const { typed, told, secret } = knownTo(connector, way)
      const open = ['base', ...typed, ...told]
      expect([way.id, open]).toEqual([way.id, expect.arrayContaining([...inUrls, ...accountInputs])])
      const before = 'keepFromCallback' in way ? [...typed, ...Object.keys(way.keepFromCallback ?? {})] : typed
      for (const url of urlsOf(way)) expect(['base', ...before]).toEqual(expect.arrayContaining(namesIn(url)))
      expect([...open, ...secret, ...granted(way)]).toEqual(expect.arrayContaining(namesInRequests(way)))
    }
    const anyWay = connector.auth.flatMap(way => Object.values(knownTo(connector, way)).flat())
    expect([...anyWay, ...lastlyTold]).toEqual(expect.arrayContaining(inHeaders))
  })

  test('puts what a person brings into its requests, whole, and into no header twice', () => {
    for (const way of connector.auth.filter(isStatic)) {
      const { headers = {}, query = {}, basic = [] } = way.place
      const placed = [...Object.values(headers), ...Object.values(query), ...basic].flatMap(namesIn)
      expect(placed).toEqual(expect.arrayContaining(knownTo(connector, way).secret))
      for (const name of Object.keys(headers)) {
        expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
        expect(Object.keys(connector.api.headers ?? {})).not.toContain(name)
      }
    }
  })

  test('proves a credential by a request that needs nothing of its caller', () => {
    const { request, id, label, body } = connector.account
    const { method } = parseTemplate(request)
    expect(method).toMatch(/^(GET|POST)$/)
    if (method === 'GET') expect(body).toBeUndefined()
    for (const path of [id, label]) expect(path).not.toBe('')
  })

  test('writes header names in lower case, as they are compared', () => {
    const names = [
      ...Object.keys(connector.api.headers ?? {}),
      ...(connector.api.errors ?? []).flatMap(rule => (rule.header ? [rule.header[0]] : [])),
      ...(connector.api.retry ?? []).map(hint => hint.header),
      ...[connector.api.versionHeader, connector.api.deprecatedHeader].filter(name => name !== undefined),
    ]
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
  })

  test('names sources that exist, for inputs that exist', () => {
    const inputs = new Set(tools.flatMap(tool => Object.keys(propertiesOf(tool))))
    for (const [input, source] of Object.entries(connector.sources ?? {})) {
      expect(Object.keys(toolRows(connector))).toContain(source)
      expect([...inputs]).toContain(input)
    }
  })

  test('describes no two tools in the same words', () => {
    const descriptions = tools.map(tool => tool.row.about)
    expect(new Set(descriptions).size).toBe(descriptions.length)
  })
})

test('an OAuth app that serves several connectors is described the same in all of them', () => {
  const seen = new Map<string, unknown>()
  for (const [slug, { connector }] of providers) {
    for (const way of connector.auth) {
      if (way.kind !== 'oauth2' && way.kind !== 'oauth2_device' && way.kind !== 'oauth1') continue
      const app = registrationOf({ slug, connector }, way)
      if (seen.has(app.slug)) expect([slug, app]).toEqual([slug, seen.get(app.slug)])
      if (way.app) for (const [other] of providers) expect([slug, app.slug]).not.toEqual([slug, other])
      seen.set(app.slug, app)
    }
  }
})

test.each(providers.filter(([slug]) => existsSync(pageOf(slug))))(
  'the page about %s names each of its tools',
  (slug, { connector }) => {
    const page = readFileSync(pageOf(slug), 'utf8')
    for (const key of Object.keys(toolRows(connector))) expect(page).toContain(`\`${key}\``)
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
    expect(ajv.validateSchema(schema)).toBe(true)
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
    const valid = ajv.compile(schema)
    expect([valid(sampleOf(tool)), valid.errors]).toEqual([true, null])
    expect(valid({ ...sampleOf(tool), no_such_argument: 1 })).toBe(false)
  })

  test('asks about work that takes longer by a tool that only reads, for which nobody is asked again', () => {
    const { job } = tool.row
    if (!job) return
    const poll = catalog.tools.get(`${tool.provider.slug}_${job.poll}`)
    expect(poll?.effect).toBe('read')
    expect(Object.keys(poll?.inputSchema().properties ?? {})).toEqual(expect.arrayContaining(Object.keys(job.args)))
  })

  test('says of its output only what can be checked, and refuses no further field', () => {
    const schema = tool.outputSchema()
    if (!schema) return
    ajv.compile(schema)
    const text = JSON.stringify(schema)
    // A client that gets it asserts formats, which providers see their own way, and knows it only as a part of another schema.
    for (const keyword of ['"additionalProperties":false', '"format":', '"pattern":', '"$ref":'])
      expect(text).not.toContain(keyword)
    expect(text.length).toBeLessThanOrEqual(2000)
    const { omit } = tool.provider.connector.api
    if (omit) for (const field of fieldsOf(schema)) expect(field).not.toMatch(omit)
  })

  test('promises no default: nobody fills one in', () => {
    for (const schema of Object.values(propertiesOf(tool))) expect(schema).not.toHaveProperty('default')
  })

  test('requires every input of its path', () => {
    expect(Object.keys(propertiesOf(tool))).toEqual(expect.arrayContaining(paths(tool)))
    expect(tool.inputSchema().required ?? []).toEqual(expect.arrayContaining(paths(tool)))
  })

  test('loses no argument: what is not in the URL goes into a body', () => {
    const sample = sampleOf(tool)
    const request = built(tool, sample)
    const inBody = Object.keys(sample).filter(input => !tool.inUrl.has(input) && input !== tool.row.upload?.file)
    if (tool.template.method === 'GET' || tool.template.method === 'HEAD') expect(inBody).toEqual([])
    else expect(bodyInputs(tool, request)).toEqual(inBody)
    for (const input of tool.inUrl) expect(Object.keys(sample)).toContain(input)
  })

  test('has an effect that its method allows', () => {
    const { method } = tool.template
    if (method === 'GET' || method === 'HEAD') expect(tool.effect).toBe('read')
    if (tool.effect === 'read') expect(['GET', 'HEAD', 'POST']).toContain(method)
    if (/^(delete|merge|refund)_/.test(name.slice(tool.provider.slug.length + 1)))
      expect(tool.effect).toBe('destructive')
    if (tool.effect === 'read') expect(tool.idempotency).toBe('natural')
  })

  test('can be asked for its next page, if its URL takes a page size', () => {
    const sized = [...tool.inUrl].some(input => /^(per_page|page_?size|limit|max_?results)$/i.test(input))
    if (sized) expect(tool.page).toBeDefined()
    const { page } = tool
    if (!page) return
    expect(tool.effect).toBe('read')
    const inBody = page.kind === 'cursor' && page.place === 'body'
    expect(tool.template.method).toBe(inBody ? 'POST' : 'GET')
    if (inBody) expect(tool.provider.connector.api.body ?? 'json').toBe('json')
    // ClawLink fills in where the next page begins: an argument for it too would be a second way to say it.
    if ('param' in page) expect(Object.keys(propertiesOf(tool))).not.toContain(page.param.replace('variables.', ''))
  })

  test('gives its pages as a list, or says where in its answer the list stands', () => {
    const schema = tool.outputSchema()
    if (!tool.page || !schema) return
    const { list } = tool.row
    expect(list === undefined ? schema : Object(schema.properties)[list]).toMatchObject({ type: 'array' })
  })

  test('builds a whole request from a sample of its arguments', () => {
    const request = built(tool, sampleOf(tool))
    const { connector, slug } = tool.provider
    expect(request.url.startsWith(`${String(fillUrl(tool.base, values.get(slug) ?? {}, connector.hosts))}/`)).toBe(true)
    expect(request.url.split('?').length).toBeLessThanOrEqual(2)
    expect(new URL(request.url).href).toBe(request.url)
    expect(JSON.stringify(request)).not.toMatch(/undefined|\[object |NaN/)
    expect(request.url).not.toMatch(/[{}]|%7B|%7D/i)
    const { [tool.row.argsHeader ?? '']: _, ...headers } = request.headers
    expect(Object.values(headers).join()).not.toMatch(/[{}]/)
    if (typeof tool.idempotency === 'object')
      expect(request.headers[tool.idempotency.header.toLowerCase()]).toBe(callId)
    for (const header of Object.keys(request.headers)) expect(header).toBe(header.toLowerCase())
  })

  test('builds a request from its required arguments alone', () => {
    const request = built(tool, sampleOf(tool, { requiredOnly: true }))
    expect(JSON.stringify(request)).not.toMatch(/undefined|null|\[object |NaN/)
  })

  test('sends a file that its arguments name, or brings one, and then it is all that it does', () => {
    const { upload, download, pick, page, base, argsHeader } = tool.row
    if (upload) {
      expect(tool.inputSchema().required).toContain(upload.file)
      expect(tool.effect).not.toBe('read')
      expect(['POST', 'PUT']).toContain(tool.template.method)
      expect(built(tool, sampleOf(tool)).upload?.file).toEqual(sampleFile)
    }
    if (download) {
      expect([tool.effect, pick, page]).toEqual(['read', undefined, undefined])
      expect(Object.keys(propertiesOf(tool))).toContain(download.name)
    }
    if (base !== undefined || argsHeader !== undefined)
      expect([name, Boolean(upload || download)]).toEqual([name, true])
    if (base !== undefined) expect(new URL(base).protocol).toBe('https:')
  })

  test('cannot be led to another resource by a path input', () => {
    for (const input of paths(tool)) {
      for (const value of ['..', '.', '']) {
        expect(made(tool, { ...sampleOf(tool), [input]: value })).toMatchObject({ field: input })
      }
      const hostile = made(tool, { ...sampleOf(tool), [input]: 'a/../b?c#d' })
      if ('field' in hostile) expect(hostile.field).toBe(input)
      else expect(hostile.url).toContain('a%2F..%2Fb%3Fc%23d')
    }
  })
})

function pageOf(slug: string): URL {
  return new URL(`../../docs/providers/${slug}.md`, import.meta.url)
}

const sentence = /^[A-Z][^\n]*[.:"]$/

const https = expect.stringMatching(/^https:\/\//)

const isStatic = (auth: Auth): auth is StaticAuth =>
  ['api_key', 'bearer', 'basic', 'headers', 'none'].includes(auth.kind)

const segments = (url: string): number => new URL(url).pathname.split('/').length

/** Whether people run the provider themselves: a host typed in whole, without a list of hosts. */
const isOwnServer = ({ hosts }: Connector, template: string): boolean =>
  !hosts && /^https:\/\/\{\w+\}(\/|$)/.test(template)

const paths = (tool: Tool): string[] => pathInputs(tool.template)

const made = (tool: Tool, args: Record<string, unknown>) =>
  buildRequest(tool, args, callId, values.get(tool.provider.slug), sampleFile)

const sampleFile = { id: 'file_1', name: 'a.txt', mediaType: 'text/plain', bytes: 3, sha256: 'ab' }

function built(tool: Tool, args: Record<string, unknown>): ProviderRequest {
  const request = made(tool, args)
  if ('field' in request) throw new Error(`${request.field} ${request.problem}`)
  return request
}

/** The arguments that a request carries in its body, each by its own name. */
function bodyInputs({ row, provider }: Tool, { body = '', headers, upload }: ProviderRequest): string[] {
  if (row.argsHeader) return Object.keys(JSON.parse(headers[row.argsHeader] ?? '{}'))
  if (row.upload?.kind === 'multipart') {
    const { json } = row.upload
    const fields = [...(upload?.before ?? '').matchAll(/form-data; name="([^"]*)"\r\n(?:content-type.*\r\n)?\r\n(.*)/g)]
    return fields.flatMap(([, name = '', text = '']) => (name === json ? Object.keys(JSON.parse(text)) : name))
  }
  if (provider.connector.api.body === 'form' && !row.graphql) {
    return [...new Set([...new URLSearchParams(body).keys()].map(key => key.replace(/\[.*/, '')))]
  }
  const json = JSON.parse(body || '{}') as { variables?: object } // as GraphQL over HTTP has it
  return Object.keys(row.graphql ? (json.variables ?? {}) : json)
}

/** The parts that a token endpoint adds to the credential, and what its own requests know besides. */
function granted({ kind }: Auth): string[] {
  if (kind === 'oauth1' || kind === 'mtls') return ['access_token', 'token_secret']
  return ['access_token', 'refresh_token', 'client_id', 'client_secret', 'scopes', 'assertion']
}

function namesInRequests(way: Auth): string[] {
  const { headers, query, basic } = ('place' in way && way.place) || {}
  const templates = [
    headers,
    query,
    ...['authorizeParams', 'tokenParams', 'refreshParams', 'tokenHeaders', 'claims'].map(
      name => Reflect.get(way, name) as Record<string, string> | undefined,
    ),
  ]
  return [...templates.flatMap(each => Object.values(each ?? {})), ...(basic ?? [])].flatMap(namesIn)
}

const ajv = newAjv()

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
  additionalProperties?: JsonSchema | boolean
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
    const { properties = {}, additionalProperties: others } = keywords
    const named = Object.entries(properties).map(([name, each]) => [name, sample(each)])
    return Object.fromEntries(named.length || typeof others !== 'object' ? named : [['x', sample(others)]])
  }
  if (type !== 'string') throw new Error(`no sample for ${JSON.stringify(schema)}`)
  if (keywords.pattern && !keywords.format) throw new Error(`a pattern needs an example: ${JSON.stringify(schema)}`)
  return formatted[keywords.format ?? ''] ?? 'x'.repeat(Math.max(1, keywords.minLength ?? 1))
}
