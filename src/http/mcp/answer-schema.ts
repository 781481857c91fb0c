import type { JsonSchema } from '../../catalog/define.ts'

/**
 * What a tool of this output answers over MCP, for clients that check it. Nothing is required: a client holds an answer
 * that is an error, or that waits for a person, to this schema too. Data that is too large to be given is a handle instead.
 */
export function answerSchemaOf(output: JsonSchema): JsonSchema {
  const handle = { type: 'object', required: ['file', 'bytes'] }
  const text = { type: 'string' }
  return { type: 'object', properties: { outcome: text, data: { anyOf: [output, handle] }, next: text } }
}
