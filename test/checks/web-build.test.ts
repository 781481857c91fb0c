import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isBuilt, sourcesOf } from '../../scripts/web-build.mjs'
import { typeOf, webTypes } from '../../scripts/web-types.ts'

describe('whether the web app is built', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clawlink-web-build-'))
    for (const file of ['index.html', 'package-lock.json', 'src/main.tsx', 'src/pages/a.tsx']) write(file, file)
    write('dist/built-from', sourcesOf(folder))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function write(file: string, text: string) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }

  test('it is, as long as its sources are those that it was built from', () => {
    expect(isBuilt(folder)).toBe(true)
  })

  test.each([
    ['a changed source', 'src/pages/a.tsx'],
    ['a new source', 'src/pages/b.tsx'],
    ['other packages', 'package-lock.json'],
  ])('it is not after %s', (_, file) => {
    write(file, 'changed')
    expect(isBuilt(folder)).toBe(false)
  })

  test.each(['src/pages/a.test.ts', 'src/api/openapi.ts', 'README.md'])('%s is not part of it', file => {
    write(file, 'changed')
    expect(isBuilt(folder)).toBe(true)
  })

  test('it is not when a build did not finish', () => {
    rmSync(join(folder, 'dist/built-from'))
    expect(isBuilt(folder)).toBe(false)
  })
})

describe('the types of the REST API', () => {
  test.each([
    [{ type: 'string' }, 'string'],
    [{ type: 'integer' }, 'number'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ const: 'ok' }, '"ok"'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, '(string | null)'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, 'Array<"a" | "b">'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>'],
    [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, '{ "a": string }'],
    [{ type: 'object', properties: { a: { type: 'string' } } }, '{ "a"?: string }'],
    [{}, 'unknown'],
  ])('%j is %s', (schema, type) => {
    expect(typeOf(schema, 'output')).toBe(type)
  })

  test('what may be left out of a request may also be undefined there', () => {
    expect(typeOf({ type: 'object', properties: { a: { type: 'string' } } }, 'input')).toBe(
      '{ "a"?: string | undefined }',
    )
  })

  test('name the parts of a request and the answer of its success', () => {
    const json = (schema: object) => ({ content: { 'application/json': { schema } } })
    const operation = {
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer' } },
      ],
      requestBody: json({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }),
      responses: { 201: json({ type: 'boolean' }), default: json({ type: 'null' }) },
    }
    expect(webTypes({ paths: { '/x/{id}': { post: operation } }, components: {} })).toContain(
      '"POST /x/{id}": { parts: { params: { "id": string }; query?: { "limit"?: number | undefined }; body: { "name": string } }; answer: boolean }',
    )
  })
})
