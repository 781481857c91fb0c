/** The OpenAPI document: valid by itself, and true. Every answer that the scenarios see is held against it by the kit. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorCatalogue } from '../../src/core/errors.ts'
import { restRoutes } from '../../src/http/rest/routes.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { documentedBy } from '../kit/documented.ts'

type Schema = Record<string, unknown>
type Content = Record<string, { schema: Schema }>
type Operation = {
  operationId: string
  summary: string
  tags: string[]
  security?: Record<string, string[]>[]
  parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
}
/** What OpenAPI 3.1 says that such a document has: https://spec.openapis.org/oas/v3.1.0 */
type Document = {
  openapi: string
  info: { title: string; version: string }
  servers: { url: string }[]
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, Operation>>
  components: { securitySchemes: Record<string, Schema>; schemas: Record<string, Schema> }
}

let claw: TestClawLink
let document: Document
let operations: { method: string; path: string; operation: Operation }[]

beforeAll(async () => {
  claw = await startClawLink()
  document = JSON.parse((await claw.http({ method: 'GET', path: '/api/openapi.json' })).text)
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
})
afterAll(() => claw.stop())

describe('the document', () => {
  test('is OpenAPI 3.1 of this version, open to everybody, for the address at which it is served', async () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    expect(document.info).toMatchObject({ title: 'ClawLink', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    expect(document.servers).toEqual([{ url: `${claw.url}/api/v1` }])
    const known = ['openapi', 'info', 'servers', 'security', 'paths', 'components', 'tags', 'jsonSchemaDialect']
    expect(known).toEqual(expect.arrayContaining(Object.keys(document)))
  })

  test('has an operation for each route and no other', () => {
    const documented = operations.map(({ method, path }) => `${method} ${path}`)
    expect(documented.toSorted()).toEqual(restRoutes.map(({ method, path }) => `${method} ${path}`).toSorted())
  })

  test('gives each operation a name of its own, a summary and a tag', () => {
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
      expect(operation.summary).toMatch(/^[A-Z].*\.$/)
      expect(operation.tags).toEqual([expect.stringMatching(/^[a-z]+$/)])
    }
  })

  test('declares each parameter of a path, as required, and each name once', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = operation.parameters.filter(parameter => parameter.in === 'path')
      expect(declared.map(({ name }) => name)).toEqual(inPath)
      for (const { required } of declared) expect(required).toBe(true)
      const names = operation.parameters.map(parameter => `${parameter.in} ${parameter.name}`)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  test('says of every operation how it succeeds and how it fails', () => {
    for (const { operation } of operations) {
      const [success, ...others] = Object.keys(operation.responses).toSorted()
      expect(success).toMatch(/^20[01]$/)
      const inParts = operation.parameters.some(({ name }) => name === 'Range')
      expect(others).toEqual(inParts ? ['206', '304', 'default'] : ['default'])
      for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
        expect(description).not.toBe('')
        expect(Object.keys(content)).toHaveLength(status === '304' ? 0 : 1)
      }
      expect(operation.responses.default?.content).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      })
    }
  })

  test('asks for a key or a session by a declared scheme, except at the routes that are open', () => {
    const schemes = Object.keys(document.components.securitySchemes)
    for (const need of document.security) expect(schemes).toEqual(expect.arrayContaining(Object.keys(need)))
    const open = operations.filter(({ operation }) => operation.security?.length === 0)
    expect(open.map(({ path }) => path)).toEqual(restRoutes.filter(({ may }) => may === 'open').map(({ path }) => path))
  })

  test.each([
    ['post', '/tools/{name}/calls', ['key', 'bearer']],
    ['post', '/approvals/{id}/approve', ['session']],
    ['get', '/whoami', ['key', 'bearer', 'session']],
    ['get', '/me', ['session']],
  ])('asks for nothing at %s %s that would not do there', (method, path, schemes) => {
    expect(document.paths[path]?.[method]?.security?.flatMap(need => Object.keys(need))).toEqual(schemes)
  })

  test('names every error code', () => {
    const about = String(document.components.schemas.Problem?.description)
    for (const code of Object.keys(errorCatalogue)) expect(about).toContain(code)
  })

  test('has only schemas that compile as JSON Schema 2020-12, and references that lead somewhere', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
    formats.default(ajv)
    const schemas = [
      ...Object.values(document.components.schemas),
      ...operations.flatMap(({ operation }) => [
        ...operation.parameters.map(({ schema }) => schema),
        ...Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => schema),
        ...Object.values(operation.responses).flatMap(({ content = {} }) =>
          Object.values(content).map(({ schema }) => schema),
        ),
      ]),
    ]
    for (const schema of schemas) {
      const { $ref } = schema
      if (typeof $ref === 'string') expect(document.components.schemas).toHaveProperty($ref.split('/').at(-1) ?? '')
      else expect(() => ajv.compile(schema)).not.toThrow()
    }
    const references = JSON.stringify(document).match(/"\$ref":"[^"]*"/g) ?? []
    expect(new Set(references)).toEqual(new Set(['"$ref":"#/components/schemas/Problem"']))
  })

  test('describes bodies that the server takes: what the schema refuses, the server refuses', async () => {
    const ajv = new Ajv2020({ strict: false })
    const schema = document.paths['/tools/{name}/calls']?.post?.requestBody?.content['application/json']?.schema ?? {}
    const validate = ajv.compile(schema)
    for (const body of [
      {},
      { arguments: {} },
      { next: 5 },
      { nothing: 1 },
      { connection: '' },
      { arguments: [] },
      [],
    ]) {
      const { status, body: answer } = await claw.rest('POST', '/tools/sandbox_whoami/calls', { body })
      expect([body, status]).toEqual([body, validate(body) ? 200 : 400])
      if (!validate(body)) expect(answer.code).toBe('validation_error')
    }
  })
})

describe('the check of every answer against the document', () => {
  const problem = {
    type: 'urn:clawlink:error:not_found',
    title: 'Not found',
    status: 404,
    detail: 'There is nothing.',
    code: 'not_found',
    retryable: false,
    fix: 'Look elsewhere.',
  }
  const well = { status: 'ok', version: '1.0.0', openBreakers: 0 }
  const health = { method: 'GET', path: '/health', status: 200, mediaType: 'application/json' }
  const missing = { method: 'GET', path: '/calls/x?a=b', status: 404, mediaType: 'application/problem+json' }

  test('lets documented answers pass', () => {
    const check = documentedBy(document)
    check({ ...health, body: well })
    check({ ...missing, body: problem })
    check({ ...missing, path: '/no/such/route', body: problem })
  })

  test.each([
    ['a field is missing', { ...health, body: { status: 'ok' } }],
    ['a field is not documented', { ...health, body: { ...well, secret: 'x' } }],
    ['a field is of another type', { ...missing, body: { ...problem, status: '404' } }],
    ['a problem has a field of its own', { ...missing, body: { ...problem, stack: 'at …' } }],
    ['the type is another', { ...health, mediaType: 'text/html', body: well }],
    ['an error is not a problem', { ...missing, mediaType: 'application/json', body: problem }],
    ['the status is not documented', { ...health, status: 202, body: well }],
  ])('fails when %s', (_, answer) => {
    expect(() => documentedBy(document)(answer)).toThrow('The answer')
  })
})
