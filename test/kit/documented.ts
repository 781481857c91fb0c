import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** What these checks read of an OpenAPI document. */
export type OpenApi = { paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>> }

/** One answer of the REST API, and what it answers. `path` is below `/api/v1`, with or without a query. */
export type Exchange = { method: string; path: string; status: number; mediaType: string; body: unknown }

/**
 * Holds answers against the OpenAPI document: throws when one has another media type or another shape than documented for
 * its status. What no route takes must get the documented problem. Each schema is compiled when it is first needed.
 */
export function documentedBy(document: OpenApi): (exchange: Exchange) => void {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  formats.default(ajv)
  ajv.addSchema(document, 'openapi')
  const compiled = new Map<string, ValidateFunction>()
  const paths = Object.keys(document.paths).map(path => ({ path, pattern: patternOf(path) }))

  const check = (pointer: string[], body: unknown, about: string) => {
    const $ref = `openapi#/${pointer.map(escapePointer).join('/')}`
    let validate = compiled.get($ref)
    if (!validate) {
      validate = ajv.compile({ $ref })
      compiled.set($ref, validate)
    }
    if (!validate(body))
      throw new Error(
        `${about} is not as documented: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 2000)}`,
      )
  }

  return ({ method, path: asked, status, mediaType, body }) => {
    const [path = ''] = asked.split('?', 1)
    const about = `The answer ${status} to ${method} ${path}`
    const known = paths.find(each => each.pattern.test(path))?.path
    const responses = known === undefined ? undefined : document.paths[known]?.[method.toLowerCase()]?.responses
    const documented = responses?.[status] ? String(status) : 'default'
    const expected = documented === 'default' ? 'application/problem+json' : 'application/json'
    if (mediaType !== expected) throw new Error(`${about} is of type ${mediaType}, not ${expected}`)
    if (known === undefined || !responses || documented === 'default')
      check(['components', 'schemas', 'Problem'], body, about)
    else
      check(['paths', known, method.toLowerCase(), 'responses', documented, 'content', expected, 'schema'], body, about)
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)
}

/** A reference token of a JSON Pointer (RFC 6901, 3) in a URI fragment (6). */
function escapePointer(token: string): string {
  return encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1'))
}
