import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { Tool } from '../catalog/catalog.ts'
import type { JsonSchema } from '../catalog/define.ts'
import { Fault, type FaultDetails, type InvalidField } from '../core/errors.ts'
import { firstOf, shortName } from '../core/first-of.ts'
import type { Coercion } from '../core/outcome.ts'
import { RecentMap } from '../core/recent-map.ts'
import { coerce } from './coerce.ts'
import { loadAjv, loadFormats } from './load-ajv.ts'
import { namesOfPointer } from './names-of-pointer.ts'

export type ValidArguments = { args: Record<string, unknown>; coerced: Coercion[] }

export type Validator = {
  /** The arguments as they may be sent, or a fault that names the wrong fields, of very many the first, and shows the schema. */
  validate(tool: Tool, args: Record<string, unknown>): ValidArguments | Fault
}

/** Compiled schemas are kept for this many tools; compiling costs milliseconds, so it happens at a tool's first call. */
const compiledMax = 300

export function createValidator(): Validator {
  const compiled = new RecentMap<ValidateFunction>(compiledMax)

  function checkOf(tool: Tool): ValidateFunction {
    const known = compiled.get(tool.name)
    if (known) return known
    // An instance of its own per schema: a shared one keeps every schema that it ever saw.
    const { Ajv2020 } = loadAjv()
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false, meta: false, verbose: true })
    loadFormats().default(ajv)
    const check = ajv.compile(exactly(tool.inputSchema()))
    compiled.set(tool.name, check)
    return check
  }

  return {
    validate(tool, args) {
      const check = checkOf(tool)
      if (check(args)) return { args, coerced: [] }
      const { value, coerced } = coerce(args, check.errors ?? [])
      if (coerced.length && check(value)) return { args: value, coerced }
      return faultOf(tool, check.errors ?? [])
    },
  }
}

/**
 * The schema with the bounds within which a whole number is exact, where it says none: agents are not shown them, since they
 * go without saying. A larger one, such as a long id, is another number by the time that it is read.
 */
function exactly(schema: JsonSchema): JsonSchema {
  const bounds = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
  return JSON.parse(JSON.stringify(schema, (_, part) => (part?.type === 'integer' ? { ...bounds, ...part } : part)))
}

function faultOf(tool: Tool, errors: readonly ErrorObject[]): Fault {
  const lacks = firstOf(errors.filter(error => error.keyword === 'required'))
  const others = firstOf(errors.filter(error => error.keyword !== 'required'))
  const missing = lacks.told.map(error => join(error.instancePath, error.params.missingProperty))
  const invalid = others.told.map(problemOf)
  const sources = [...new Set(missing.flatMap(field => sourceOf(tool, field)))]
  const details: FaultDetails & { fix?: string } = { schema: tool.inputSchema() }
  if (missing.length) details.missingFields = missing
  if (invalid.length) details.invalidFields = invalid
  if (sources.length) details.fix = `Correct the named fields. ${sources.join(' ')}`
  const parts = [
    missing.length ? `missing: ${[...missing, ...(lacks.more ? [lacks.more] : [])].join(', ')}` : '',
    invalid.map(({ field, problem }) => `${field || 'arguments'} ${problem}`).join('; '),
    others.more && `and ${others.more}`,
  ]
  return new Fault(
    'validation_error',
    `The arguments of ${tool.name} are not valid: ${parts.filter(Boolean).join('; ')}.`,
    details,
  )
}

function sourceOf(tool: Tool, field: string): string[] {
  const source = tool.provider.connector.sources?.[field]
  const name = `${tool.provider.slug}_${source}`
  return source && name !== tool.name ? [`${name} supplies ${field}.`] : []
}

function problemOf(error: ErrorObject): InvalidField {
  if (error.keyword === 'additionalProperties') {
    return {
      field: join(error.instancePath, error.params.additionalProperty),
      problem: 'is not an argument of this tool',
    }
  }
  const allowed: unknown = error.params.allowedValues
  const problem = Array.isArray(allowed)
    ? `must be one of ${allowed.slice(0, 24).join(', ')}`
    : (error.message ?? 'is not valid')
  return { field: join(error.instancePath), problem }
}

/** A JSON Pointer (RFC 6901) and a name as a dotted path. */
function join(pointer: string, name: unknown = ''): string {
  return shortName([...namesOfPointer(pointer), String(name)].filter(Boolean).join('.'))
}
