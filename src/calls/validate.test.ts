import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { buildCatalog, type Tool } from '../catalog/catalog.ts'
import { apiKey, connector, type ToolRow, tool } from '../catalog/define.ts'
import { Fault } from '../core/errors.ts'
import { createValidator } from './validate.ts'

function toolOf(row: Pick<ToolRow, 'input' | 'request'>, key = 'act'): Tool {
  const demo = connector({
    name: 'Demo',
    about: 'A demo.',
    auth: [apiKey({ label: 'key' })],
    account: { request: 'GET /me', id: 'id', label: 'name' },
    api: { base: 'https://demo.example' },
    sources: { project: 'list_projects', act: 'act' },
    tools: { [key]: { about: 'Act.', ...row } },
  })
  const made = buildCatalog({ demo }).tools.get(`demo_${key}`)
  if (!made) throw new Error('no tool')
  return made
}

const validate = (of: Tool, args: Record<string, unknown>) => createValidator().validate(of, args)
const letter = toolOf(
  tool({
    about: 'Send.',
    input: {
      project: z.string(),
      to: z.array(z.email()).min(1),
      count: z.int().min(1).max(5).optional(),
      kind: z.enum(['a', 'b']).optional(),
      deep: z.strictObject({ x: z.int() }).optional(),
    },
    request: 'POST /{project}/send',
  }),
)
const good = { project: 'p', to: ['a@b.example'] }

function refuse(args: Record<string, unknown>, of = letter): Fault {
  const result = validate(of, args)
  if (!(result instanceof Fault)) throw new Error('the arguments were accepted')
  return result
}

test('arguments that fit the schema are passed on untouched', () => {
  for (const args of [good, { ...good, count: 5, kind: 'b', deep: { x: 1 } }]) {
    const result = validate(letter, args)
    expect(result).toEqual({ args, coerced: [] })
    expect(result instanceof Fault || result.args).toBe(args)
  }
})

describe('arguments that do not fit are refused', () => {
  test('with the names of all that are missing, and the tool that supplies what an agent cannot know', () => {
    const fault = refuse({})
    expect(fault.code).toBe('validation_error')
    expect(fault.details.missingFields).toEqual(['project', 'to'])
    expect(fault.details).not.toHaveProperty('invalidFields')
    expect(fault.fix).toBe('Correct the named fields. demo_list_projects supplies project.')
  })

  test('with the whole schema, so that the next try can be right', () => {
    expect(refuse({}).details.schema).toBe(letter.inputSchema())
  })

  const rows: [what: string, args: Record<string, unknown>, field: string, problem: RegExp][] = [
    ['an unknown name', { ...good, more: 1 }, 'more', /is not an argument of this tool/],
    ['an unknown name in other letter case', { ...good, Kind: 'a' }, 'Kind', /is not an argument/],
    ['an unknown name deep inside', { ...good, deep: { x: 1, y: 2 } }, 'deep.y', /is not an argument/],
    [
      'a whole number too large to be exact',
      { ...good, deep: { x: 2 ** 53 } },
      'deep.x',
      /must be <= 9007199254740991/,
    ],
    ['a wrong type', { ...good, project: {} }, 'project', /must be string/],
    ['a wrong type deep inside', { ...good, deep: { x: {} } }, 'deep.x', /must be integer/],
    ['a value off the list', { ...good, kind: 'c' }, 'kind', /must be one of a, b/],
    ['too small a number', { ...good, count: 0 }, 'count', />= 1/],
    ['too large a number', { ...good, count: 6 }, 'count', /<= 5/],
    ['an empty list', { ...good, to: [] }, 'to', /fewer than 1/],
    ['a wrong form inside of a list', { ...good, to: ['a@b.example', 'x'] }, 'to.1', /email/],
  ]
  test.each(rows)('by the place and the problem: %s', (_, args, field, problem) => {
    const fault = refuse(args)
    expect(fault.details.invalidFields).toEqual([{ field, problem: expect.stringMatching(problem) }])
    expect(fault.message).toContain(field)
  })

  test('with all that is wrong at once', () => {
    const fault = refuse({ to: ['x'], count: 9, more: 1 })
    expect(fault.details.missingFields).toEqual(['project'])
    expect(fault.details.invalidFields?.map(({ field }) => field).toSorted()).toEqual(['count', 'more', 'to.0'])
  })

  test('when only some could be put right, as they were given', () => {
    const args = { project: 7, to: [], count: '3' }
    expect(refuse(args).details.invalidFields?.map(({ field }) => field)).toEqual(['to'])
    expect(args).toEqual({ project: 7, to: [], count: '3' })
  })

  test('without advice to ask the tool that was just called', () => {
    const itself = toolOf(tool({ about: 'Act.', input: { act: z.string() }, request: 'POST /act' }))
    expect(refuse({}, itself).fix).not.toContain('supplies')
  })

  test.each(['__proto__', 'constructor', 'toString'])('also when a name is %s', name => {
    const args = JSON.parse(`{"project":"p","to":["a@b.example"],"${name}":{"x":1}}`)
    expect(refuse(args).details.invalidFields).toMatchObject([{ field: name }])
  })
})

describe('an input of the path', () => {
  test('is required, whatever the author of the row wrote', () => {
    const made = toolOf({ input: { type: 'object', properties: { id: { type: 'string' } } }, request: 'GET /x/{id}' })
    expect(refuse({}, made).details.missingFields).toEqual(['id'])
  })
})

describe('schemas as they come from elsewhere', () => {
  test('may use all of JSON Schema 2020-12, and formats that nobody checks', () => {
    const made = toolOf({
      input: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        $defs: { id: { type: 'string', format: 'something-of-theirs' } },
        properties: { id: { $ref: '#/$defs/id' }, pair: { prefixItems: [{ type: 'integer' }, { type: 'string' }] } },
        dependentRequired: { pair: ['id'] },
        'x-own': true,
      },
      request: 'POST /x',
    })
    expect(validate(made, { id: 'a', pair: [1, 'b'] })).not.toBeInstanceOf(Fault)
    expect(refuse({ pair: [1, 'b'] }, made).code).toBe('validation_error')
    expect(refuse({ id: 'a', pair: ['x', 'b'] }, made).code).toBe('validation_error')
  })
})

test('more tools than are kept compiled are all still checked', () => {
  const many = createValidator()
  const tools = Array.from({ length: 320 }, (_, i) =>
    toolOf(tool({ about: 'Act.', input: { [`a${i}`]: z.int() }, request: 'POST /act' }), `act_${i}`),
  )
  for (let round = 0; round < 2; round++) {
    for (const [i, each] of tools.entries()) {
      expect(many.validate(each, { [`a${i}`]: 1 })).not.toBeInstanceOf(Fault)
      if (i % 40 === 0) expect(many.validate(each, { [`a${i}`]: 'x' })).toBeInstanceOf(Fault)
    }
  }
})
