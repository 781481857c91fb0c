import type { Tool } from '../../catalog/catalog.ts'
import type { JsonSchema } from '../../catalog/define.ts'
import { wrongArgument } from './wrong-argument.ts'

/**
 * Where a provider's tools are listed one by one, each takes arguments of ClawLink's beside its own: `connection`, `next` and
 * `all` when its answers come in pages, and `idempotencyKey` when it changes something. An argument of the provider by the
 * same name goes before.
 */
const types = { connection: 'string', next: 'string', all: 'boolean', idempotencyKey: 'string' } as const
type Own = { connection?: string; next?: string; all?: boolean; idempotencyKey?: string }

/** The schema of all that the tool takes. */
export function withOwnArguments(tool: Tool): JsonSchema {
  const schema = tool.inputSchema()
  const own = ownNames(tool, schema).map(name => [name, { type: types[name] }])
  return { ...schema, properties: { ...Object(schema.properties), ...Object.fromEntries(own) } }
}

/**
 * Takes ClawLink's own arguments out of those of a call; a fault where one is of another type. Some models send null or an
 * empty text for what they leave out.
 */
export function splitArguments(tool: Tool, given: Record<string, unknown>) {
  const own: Own = {}
  const theirs = { ...given }
  for (const name of ownNames(tool, tool.inputSchema())) {
    const value = theirs[name]
    delete theirs[name]
    if (value === undefined || value === null || value === '') continue
    if (typeof value !== types[name])
      return wrongArgument(tool.name, name, `must be ${types[name]}`, withOwnArguments(tool))
    Object.assign(own, { [name]: value })
  }
  return { ...own, arguments: theirs }
}

function ownNames({ page, effect }: Tool, { properties }: JsonSchema): (keyof Own)[] {
  const names: (keyof Own)[] = ['connection']
  if (page) names.push('next', 'all')
  if (effect !== 'read') names.push('idempotencyKey')
  return names.filter(name => !Object.hasOwn(Object(properties), name))
}
