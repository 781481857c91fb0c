import { describe, expect, test } from 'vitest'
import { buildCatalog } from '../catalog/catalog.ts'
import { apiKey, connector, type JsonSchema } from '../catalog/define.ts'
import { Fault } from '../core/errors.ts'
import { createValidator } from './validate.ts'

/** Validates one argument of this schema: what is sent, and what was reported, or `refused`. */
function take(schema: JsonSchema, value: unknown, required = true) {
  const input = {
    type: 'object',
    properties: { a: schema },
    additionalProperties: false,
    ...(required && { required: ['a'] }),
  }
  const demo = connector({
    name: 'Demo',
    about: 'A demo.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'https://demo.example' },
    tools: { act: { about: 'Act.', input, request: 'POST /act' } },
  })
  const tool = buildCatalog({ demo }).tools.get('demo_act')
  if (!tool) throw new Error('no tool')
  const given = { a: value }
  const before = structuredClone(given)
  const result = createValidator().validate(tool, given)
  expect(given).toEqual(before)
  return result instanceof Fault ? 'refused' : result
}

describe('is put right, because its meaning is beyond doubt', () => {
  const rows: [what: string, schema: JsonSchema, from: unknown, to: unknown][] = [
    ['a whole number in quotes', { type: 'integer' }, '5', 5],
    ['a negative one', { type: 'integer' }, '-5', -5],
    ['zero', { type: 'integer' }, '0', 0],
    ['a number in quotes', { type: 'number' }, '1.5', 1.5],
    ['a number for a text', { type: 'string' }, 5, '5'],
    ['a truth for a text', { type: 'string' }, true, 'true'],
    ['true in quotes', { type: 'boolean' }, 'true', true],
    ['false in quotes', { type: 'boolean' }, 'false', false],
    ['one text for a list of texts', { type: 'array', items: { type: 'string' } }, 'a', ['a']],
    ['one number for a list of numbers', { type: 'array', items: { type: 'number' } }, 5, [5]],
    ['a number within a list', { type: 'array', items: { type: 'integer' } }, [1, '2'], [1, 2]],
    ['a number within an object', { type: 'object', properties: { b: { type: 'integer' } } }, { b: '2' }, { b: 2 }],
    [
      'a number under a name with a slash and a tilde',
      { type: 'object', properties: { 'b/c~d': { type: 'integer' } } },
      { 'b/c~d': '2' },
      { 'b/c~d': 2 },
    ],
  ]
  test.each(rows)('%s', (_, schema, from, to) => {
    const result = take(schema, from)
    expect(result).toMatchObject({ args: { a: to } })
    expect(result === 'refused' ? [] : result.coerced).toHaveLength(1)
  })

  test('null for an argument that may be left out', () => {
    expect(take({ type: 'string' }, null, false)).toEqual({
      args: {},
      coerced: [{ field: 'a', from: 'null', to: 'left out' }],
    })
  })

  test('and each change is reported with its place, from what and to what', () => {
    const schema = { type: 'object', properties: { b: { type: 'array', items: { type: 'integer' } } } }
    expect(take(schema, { b: ['1', 2, '3'] })).toMatchObject({
      args: { a: { b: [1, 2, 3] } },
      coerced: [
        { field: 'a.b.0', from: '"1"', to: '1' },
        { field: 'a.b.2', from: '"3"', to: '3' },
      ],
    })
  })
})

describe('is refused, because it could mean something else', () => {
  const rows: [what: string, schema: JsonSchema, value: unknown][] = [
    ['a fraction for a whole number', { type: 'integer' }, '1.5'],
    ['a word for a number', { type: 'integer' }, 'five'],
    ['nothing for a number', { type: 'integer' }, ''],
    ['blanks for a number', { type: 'integer' }, ' 5'],
    ['a number with zeros in front', { type: 'integer' }, '007'],
    ['a number with a plus', { type: 'integer' }, '+5'],
    ['a number with an exponent', { type: 'number' }, '1e3'],
    ['a number in hex', { type: 'integer' }, '0x10'],
    ['a number with a zero behind', { type: 'number' }, '1.50'],
    ['minus zero', { type: 'integer' }, '-0'],
    ['a number too large to be exact', { type: 'integer' }, '9007199254740993'],
    ['a number as large as one that is not', { type: 'integer' }, '9007199254740992'],
    ['infinity', { type: 'number' }, 'Infinity'],
    ['a truth for a number', { type: 'integer' }, true],
    ['a number for a truth', { type: 'boolean' }, 1],
    ['yes for a truth', { type: 'boolean' }, 'yes'],
    ['True for a truth', { type: 'boolean' }, 'True'],
    ['a number for a text that has lost digits', { type: 'string' }, 2 ** 60],
    ['a number for a text that is written with an exponent', { type: 'string' }, 1e-7],
    ['a number for a text that is too large to be one', { type: 'string' }, Number.POSITIVE_INFINITY],
    ['a list for a text', { type: 'string' }, ['a']],
    ['an object for a text', { type: 'string' }, {}],
    ['JSON in a text for an object', { type: 'object' }, '{"b":1}'],
    ['JSON in a text for a list', { type: 'array', items: { type: 'integer' } }, '[1]'],
    ['a text for a list of numbers', { type: 'array', items: { type: 'integer' } }, 'a'],
    ['an object for a list of objects', { type: 'array', items: { type: 'object' } }, 'a'],
    ['null for an argument that is needed', { type: 'string' }, null],
    ['a text for a list of anything', { type: 'array' }, 'a'],
    ['null within a list', { type: 'array', items: { type: 'string' } }, [null]],
    ['a number that then is too large', { type: 'integer', maximum: 4 }, '5'],
    ['a text that then has the wrong form', { type: 'string', pattern: '^a' }, 5],
  ]
  test.each(rows)('%s', (_, schema, value) => {
    expect(take(schema, value)).toBe('refused')
  })
})

test('what is right already is passed on as it is, and nothing is reported', () => {
  expect(take({ type: 'string' }, '5')).toEqual({ args: { a: '5' }, coerced: [] })
  expect(take({ type: ['string', 'null'] }, null)).toEqual({ args: { a: null }, coerced: [] })
})
