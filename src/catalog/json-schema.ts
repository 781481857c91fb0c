import * as z from 'zod'
import { perObject } from '../core/per-object.ts'
import type { JsonSchema } from './define.ts'

/** The formats of JSON Schema 2020-12 (validation, 7.3) that our validator checks; Zod has others, which it says by a pattern too. */
const formats = new Set([
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
  'regex',
])

/**
 * The JSON Schema (2020-12) of an input or output as an agent should see it: the input side, without what only costs
 * tokens (`$schema`, a pattern beside a format, the bounds of safe integers).
 */
export function jsonSchemaOf(shape: z.ZodType | JsonSchema): JsonSchema {
  return shape instanceof z.ZodType ? schemaOf(shape) : shape
}

const schemaOf = perObject((shape: z.ZodType): JsonSchema => {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    io: 'input',
    override({ jsonSchema }) {
      if (jsonSchema.format && formats.has(jsonSchema.format)) delete jsonSchema.pattern
      else delete jsonSchema.format
      if (isEmptySchema(jsonSchema.additionalProperties)) jsonSchema.additionalProperties = true
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    },
  })
  return schema
})

/** `{}` and `true` say the same; some clients warn about the first. */
function isEmptySchema(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0
}
