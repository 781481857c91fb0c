import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openApi } from '../src/http/rest/openapi.ts'
import { restRoutes } from '../src/http/rest/routes.ts'

const file = fileURLToPath(new URL('../web/src/api/openapi.ts', import.meta.url))

type Schema = Record<string, unknown>
type Side = 'input' | 'output'

/** Writes the types of all REST requests and answers for the web app, from the OpenAPI document. Nothing of it is committed. */
export function writeWebTypes(): void {
  const text = webTypes(Object(openApi(restRoutes, '')))
  if (readText(file) === text) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** The TypeScript of an OpenAPI 3.1 document: `Routes`, by method and path, and `ProblemBody`. */
export function webTypes(document: { paths: Record<string, Record<string, Schema>>; components: Schema }): string {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => routeType(`${method.toUpperCase()} ${path}`, operation)),
  )
  return [
    '/** Written from the OpenAPI document by scripts/web-types.ts. */',
    `export type ProblemBody = ${typeOf(at(document.components, 'schemas', 'Problem'), 'output')}`,
    `export type Routes = {\n${routes.map(route => `  ${route}\n`).join('')}}\n`,
  ].join('\n\n')
}

function routeType(name: string, operation: Schema): string {
  const parameters = list(operation.parameters)
  const body = contentOf(at(operation, 'requestBody'))
  const success = Object.entries(at(operation, 'responses')).find(([status]) => status.startsWith('2'))?.[1]
  const parts = [
    ...parametersType('params', 'path', parameters),
    ...parametersType('query', 'query', parameters),
    ...(body ? [`body: ${typeOf(body, 'input')}`] : []),
  ]
  const answer = typeOf(contentOf(Object(success)) ?? {}, 'output')
  const taken = parts.length > 0 ? `{ ${parts.join('; ')} }` : 'Record<never, never>'
  return `${JSON.stringify(name)}: { parts: ${taken}; answer: ${answer} }`
}

function parametersType(part: string, place: string, parameters: Schema[]): string[] {
  const here = parameters.filter(parameter => parameter.in === place)
  if (here.length === 0) return []
  const fields = here.map(each => field(String(each.name), Object(each.schema), each.required === true, 'input'))
  return [`${part}${here.some(each => each.required === true) ? '' : '?'}: { ${fields.join('; ')} }`]
}

/** The TypeScript type of a JSON Schema (2020-12), as far as Zod writes them. */
export function typeOf(schema: Schema, side: Side): string {
  if ('const' in schema) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices)
    return `(${list(choices)
      .map(each => typeOf(each, side))
      .join(' | ')})`
  if (schema.allOf)
    return `(${list(schema.allOf)
      .map(each => typeOf(each, side))
      .join(' & ')})`
  if (Array.isArray(schema.type)) return `(${schema.type.map(type => typeOf({ ...schema, type }, side)).join(' | ')})`
  switch (schema.type) {
    case 'object':
      return objectType(schema, side)
    case 'array':
      return arrayType(schema, side)
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    default:
      return 'unknown'
  }
}

function arrayType(schema: Schema, side: Side): string {
  if (Array.isArray(schema.prefixItems))
    return `[${list(schema.prefixItems)
      .map(each => typeOf(each, side))
      .join(', ')}]`
  return `Array<${typeOf(Object(schema.items), side)}>`
}

function objectType(schema: Schema, side: Side): string {
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const fields = Object.entries(Object(schema.properties)).map(([name, of]) =>
    field(name, Object(of), required.has(name), side),
  )
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  const others = schema.additionalProperties
  if (others === false) return 'Record<string, never>'
  return `Record<string, ${others && others !== true ? typeOf(Object(others), side) : 'unknown'}>`
}

function field(name: string, schema: Schema, isRequired: boolean, side: Side): string {
  const type = typeOf(schema, side)
  // What is sent may be undefined, since JSON leaves it out; what is answered is there or not there.
  const orNothing = !isRequired && side === 'input' ? ' | undefined' : ''
  return `${JSON.stringify(name)}${isRequired ? '' : '?'}: ${type}${orNothing}`
}

function contentOf(holder: Schema): Schema | undefined {
  const json = at(holder, 'content', 'application/json', 'schema')
  return Object.keys(json).length > 0 ? json : undefined
}

function at(value: unknown, ...path: string[]): Schema {
  return Object(path.reduce((each, name) => Object(each)[name], value))
}

function list(value: unknown): Schema[] {
  return Array.isArray(value) ? value : []
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) writeWebTypes()
