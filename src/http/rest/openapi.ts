import * as z from 'zod'
import { permissions } from '../../accounts/permissions.ts'
import { errorCatalogue } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import type { May } from '../require-principal.ts'
import type { Route } from './route.ts'
import { problem } from './schemas.ts'

/** The OpenAPI 3.1 document of these routes. Generated, so what it says is what the server checks. */
export function openApi(routes: readonly Route[], serverUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'ClawLink', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: `${serverUrl}/api/v1` }],
    security: [...byKey, ...bySession],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        key: { type: 'apiKey', in: 'header', name: 'X-ClawLink-API-Key' },
        session: { type: 'apiKey', in: 'cookie', name: 'clawlink_session' },
      },
      schemas: {
        Problem: {
          ...schemaOf(problem, 'output'),
          description: `RFC 9457. Codes: ${Object.keys(errorCatalogue).join(', ')}.`,
        },
      },
    },
  }
}

const byKey = [{ key: [] }, { bearer: [] }]
const bySession = [{ session: [] }]

/** Some things only agents do, by their keys, and some only members, in the browser. */
function securityOf(may: May) {
  if (may === 'open') return []
  if (may === 'person') return bySession
  const { keys, roles } = permissions[may]
  return [...(keys ? byKey : []), ...(roles.length ? bySession : [])]
}

/** OpenAPI 3.1, 4.8.14: bytes of any kind have no schema. */
const anyType = '*/*'

function operationOf(route: Route) {
  const { bytes = {} } = route
  const content = (schema: unknown, type = 'application/json') => ({ content: { [type]: { schema } } })
  return {
    operationId: `${route.method}${route.path.replace(/[^A-Za-z]+([A-Za-z])?/g, (_, letter = '') => letter.toUpperCase())}`,
    summary: route.summary,
    tags: [route.tag],
    security: securityOf(route.may),
    'x-clawlink-may': route.may,
    parameters: parametersOf(route),
    ...(route.body && { requestBody: { required: true, ...content(schemaOf(route.body, 'input')) } }),
    ...(bytes.body && { requestBody: { required: true, description: bytes.body, ...content({}, anyType) } }),
    responses: {
      [route.status]: bytes.answer
        ? { description: bytes.answer, ...content({}, anyType) }
        : { description: 'Done.', ...content(schemaOf(route.answer, 'output')) },
      ...(bytes.inParts && {
        206: { description: 'The range that was asked for.', ...content({}, anyType) },
        304: { description: 'There is no other content than the one that the caller has.' },
      }),
      default: {
        description: 'It failed, and why.',
        ...content({ $ref: '#/components/schemas/Problem' }, 'application/problem+json'),
      },
    },
  }
}

function parametersOf({ path, query, headers = {} }: Route) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }))
  if (!query) return [...inPath, ...inHeaders]
  const { properties = {}, required = [] } = schemaOf(query, 'input')
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
  return [...inPath, ...inQuery, ...inHeaders]
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io })
  return schema
}
