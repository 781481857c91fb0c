import type { Tool } from '../../catalog/catalog.ts'
import type { JsonSchema } from '../../catalog/define.ts'

/**
 * Where a provider's tools are listed one by one, each takes two arguments of ClawLink's beside its own: `connection`, and
 * `next` when its answers come in pages. An argument of the provider by the same name goes before.
 */
const names = ['connection', 'next'] as const

/** The schema of all that the tool takes. */
export function withOwnArguments(tool: Tool): JsonSchema {
  const schema = tool.inputSchema()
  const own = ownNames(tool, schema).map(name => [name, { type: 'string' }])
  return { ...schema, properties: { ...Object(schema.properties), ...Object.fromEntries(own) } }
}

/** Takes ClawLink's own arguments out of those of a call. One that is no text stays, for the validation to name it. */
export function splitArguments(tool: Tool, given: Record<string, unknown>) {
  const own: { connection?: string; next?: string } = {}
  const theirs = { ...given }
  for (const name of ownNames(tool, tool.inputSchema())) {
    const value = given[name]
    if (typeof value !== 'string') continue
    own[name] = value
    delete theirs[name]
  }
  return { ...own, arguments: theirs }
}

function ownNames({ page }: Tool, { properties }: JsonSchema) {
  return names.filter(name => !Object.hasOwn(Object(properties), name) && (name !== 'next' || page !== undefined))
}
