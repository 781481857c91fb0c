import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { buildCatalog, type Tool } from '../../catalog/catalog.ts'
import { apiKey, connector, type ToolRow, tool } from '../../catalog/define.ts'
import type { Effect } from '../../core/effect.ts'
import { checkedEnding } from './check-output.ts'
import { createOutputChecks } from './output-checks.ts'

function toolWith(output: ToolRow['output'], { effect = 'read' as Effect, version = '2026-01' } = {}): Tool {
  const demo = connector({
    name: 'Demo',
    about: 'A demo.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me' },
    api: { base: 'https://demo.example', version },
    tools: { act: tool({ about: 'Act.', input: {}, request: 'POST /act', effect, ...(output && { output }) }) },
  })
  const made = buildCatalog({ demo }).tools.get('demo_act')
  if (!made) throw new Error('no tool')
  return made
}

const succeeded = (output: unknown) => ({ kind: 'succeeded' as const, output, providerStatus: 200 })
const ending = (made: Tool, output: unknown) => checkedEnding(createOutputChecks(), made, succeeded(output))

const person = z.object({ name: z.string(), age: z.int().optional(), boss: z.string().nullable() })
const mara = { name: 'Mara', boss: null }

describe('an output that fits is given as it is', () => {
  test.each<[string, ToolRow['output'], unknown]>([
    ['without a schema', undefined, { any: 'thing' }],
    ['all fields', person, { name: 'Mara', age: 41, boss: 'Ada' }],
    ['an optional field that is missing', person, mara],
    ['fields that nobody promised', person, { ...mara, shoe: { size: 41 } }],
    ['a whole number written with a fraction', person, { ...mara, age: 41.0 }],
    ['an empty list', z.array(person), []],
    ['a list', z.array(person), [mara, mara]],
    ['a plain JSON Schema', { type: 'object', required: ['name'] }, mara],
    ['no date where a format asks for one', z.object({ at: z.iso.datetime() }), { at: 'yesterday' }],
    ['one of two shapes', z.union([person, z.null()]), null],
    ['names that are somebody’s own', z.record(z.string(), person), { 'mara@example.com': mara }],
  ])('%s', (_, schema, output) => {
    const given = ending(toolWith(schema), output)
    expect(given).toEqual(succeeded(output))
    expect(Reflect.get(given, 'output')).toBe(output)
  })
})

describe('an output that does not fit names the place and the type, and nothing else', () => {
  test.each<[string, ToolRow['output'], unknown, string, string]>([
    ['a field is missing', person, { boss: null, planted: 1 }, 'name', 'is missing'],
    ['another type', person, { ...mara, name: 4711 }, 'name', 'must be string, but is integer'],
    ['a fraction', person, { ...mara, age: 47.11 }, 'age', 'must be integer, but is number'],
    ['a text for a number', person, { ...mara, age: 'planted' }, 'age', 'must be integer, but is string'],
    ['null for what may only be missing', person, { ...mara, age: null }, 'age', 'must be integer, but is null'],
    ['neither a text nor null', person, { ...mara, boss: ['planted'] }, 'boss', 'must be string or null, but is array'],
    ['an object for a list', z.array(person), { planted: mara }, '', 'must be array, but is object'],
    ['nothing for a list', z.array(person), null, '', 'must be array, but is null'],
    ['deep in a list', z.array(person), [mara, { ...mara, name: true }], '1.name', 'must be string, but is boolean'],
    ['deep in an object', z.object({ a: z.object({ b: person }) }), { a: { b: {} } }, 'a.b.name', 'is missing'],
    [
      'inside of what may be null',
      z.object({ boss: person.nullable() }),
      { boss: { name: 1, boss: null } },
      'boss.name',
      'must be string, but is integer',
    ],
    [
      'a word that is not one of those',
      z.object({ state: z.enum(['open', 'closed']) }),
      { state: 'planted' },
      'state',
      'must be one of open, closed, but is string',
    ],
    [
      'below a name that the provider chose',
      z.record(z.string(), person),
      { planted: { ...mara, name: 1 } },
      '*.name',
      'must be string, but is integer',
    ],
    [
      'another fixed word',
      { properties: { kind: { const: 'user' } } },
      { kind: 'planted' },
      'kind',
      'must be equal to constant, but is string',
    ],
    [
      'a name with a slash',
      { properties: { 'a/b~c': { type: 'null' } } },
      { 'a/b~c': 'planted' },
      'a/b~c',
      'must be null, but is string',
    ],
    [
      'no further fields',
      { additionalProperties: false },
      { planted: 1 },
      '',
      'must NOT have additional properties, but is object',
    ],
    [
      'the name of a field',
      { propertyNames: { maxLength: 3 } },
      { planted: 1 },
      '',
      'property name must be valid, but is object',
    ],
  ])('%s', (_, schema, output, field, problem) => {
    const given = ending(toolWith(schema), output)
    expect(given).toMatchObject({
      kind: 'failed',
      fault: { code: 'output_mismatch', details: { providerStatus: 200, invalidFields: [{ field, problem }] } },
    })
    expect(JSON.stringify(given)).not.toMatch(/planted|4711|47\.11/)
  })
})

test('a read has failed; of anything else it is not known what came of it, and nobody is told to repeat it', () => {
  const told = (effect: Effect) => ending(toolWith(person, { effect }), {})
  expect(told('read')).toMatchObject({
    kind: 'failed',
    fault: {
      message: 'Demo answered 200 without "name".',
      fix: 'Report this: the connector, written for version 2026-01 of the API, needs an update.',
    },
  })
  for (const effect of ['write', 'destructive'] as const)
    expect(told(effect)).toMatchObject({
      kind: 'unknown',
      fault: {
        code: 'output_mismatch',
        fix: expect.stringMatching(/^Do not repeat it: Demo most likely carried it out\./),
      },
    })
})

test('ten thousand records are checked in a moment', () => {
  const checks = createOutputChecks()
  const list = toolWith(z.array(person))
  const records = Array.from({ length: 10_000 }, (_, at) => ({ name: `n${at}`, age: at, boss: null, more: { at } }))
  checks.problemOf(list, records.slice(0, 1))
  const startedAt = performance.now()
  expect(checks.problemOf(list, records)).toBeUndefined()
  expect(checks.problemOf(list, [...records, {}])).toEqual({ field: '10000.name', problem: 'is missing' })
  // Two or three milliseconds; a hundred times that on a machine that does something else.
  expect(performance.now() - startedAt).toBeLessThan(300)
})
