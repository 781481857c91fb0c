import { expect, test } from 'vitest'
import * as z from 'zod'
import { jsonSchemaOf } from './json-schema.ts'

const schemaOf = (shape: z.ZodType) => jsonSchemaOf(z.strictObject({ value: shape })).properties as { value: unknown } // by construction

test('a JSON Schema of a provider is given on as it is', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, 'x-own': 1 }
  expect(jsonSchemaOf(schema)).toBe(schema)
})

test('shows what a caller may leave out as optional, defaults included', () => {
  const schema = jsonSchemaOf(z.strictObject({ a: z.string(), b: z.string().optional(), c: z.int().default(5) }))
  expect(schema).toMatchObject({ type: 'object', required: ['a'], additionalProperties: false })
})

test('leaves out what only costs tokens', () => {
  expect(jsonSchemaOf(z.strictObject({}))).not.toHaveProperty('$schema')
  expect(schemaOf(z.int()).value).toEqual({ type: 'integer' })
  expect(schemaOf(z.int().min(1)).value).toEqual({ type: 'integer', minimum: 1 })
  expect(schemaOf(z.iso.datetime()).value).toEqual({ type: 'string', format: 'date-time' })
})

test('keeps descriptions, choices and patterns', () => {
  expect(schemaOf(z.enum(['a', 'b']).describe('Which')).value).toEqual({
    type: 'string',
    enum: ['a', 'b'],
    description: 'Which',
  })
  expect(schemaOf(z.string().regex(/^[a-z]+$/)).value).toEqual({ type: 'string', pattern: '^[a-z]+$' })
})

test('keeps a check that JSON Schema has no format for', () => {
  expect(schemaOf(z.string().startsWith('refs/')).value).toEqual({
    type: 'string',
    pattern: expect.stringContaining('refs'),
  })
})
